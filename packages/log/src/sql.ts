import Database from 'libsql'

export type Value = string | number | Uint8Array

/**
 * One connection with its prepared statements. Arguments always go in as an array: libSQL aborts the whole process on a
 * lone Buffer argument. Nothing may be used after `close`: that aborts too.
 */
export function openSql(path: string) {
  const db = new Database(path, { timeout: 0 })
  const statements = new Map<string, Database.Statement>()
  const prepared = (sql: string): Database.Statement => {
    const known = statements.get(sql)
    if (known) return known
    const statement = db.prepare(sql)
    statements.set(sql, statement)
    return statement
  }

  return {
    run(sql: string, args: readonly Value[] = []): void {
      prepared(sql).run([...args])
    },
    /** The row type is what the SQL in the same call says: this is the only place where it is believed. */
    all: <Row>(sql: string, args: readonly Value[] = []): Row[] => prepared(sql).all([...args]) as Row[],
    exec(sql: string): void {
      db.exec(sql)
    },
    /** All that `work` does, or nothing. */
    transaction<T>(work: () => T): T {
      db.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        db.exec('COMMIT')
        return result
      } catch (error) {
        // SQLite has rolled back by itself after some errors (a full disk among them); then ROLLBACK would fail.
        if (db.inTransaction) db.exec('ROLLBACK')
        throw error
      }
    },
    close(): void {
      statements.clear()
      db.close()
    },
  }
}
export type Sql = ReturnType<typeof openSql>
