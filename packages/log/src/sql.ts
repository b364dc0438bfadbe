import Database from 'libsql'
import { SQLITE_CORRUPT } from './faults.js'

export type Value = string | number | Uint8Array

/** A statement costs more than a row. There is one prepared for each number of rows, so they have a bound. */
const ROWS_AT_ONCE = 64

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
    /** Many rows in a few statements; `into` is the statement up to its values. */
    insert(into: string, rows: readonly (readonly Value[])[]): void {
      for (let done = 0; done < rows.length; done += ROWS_AT_ONCE) {
        const some = rows.slice(done, done + ROWS_AT_ONCE)
        const values = some.map((row) => `(?${', ?'.repeat(row.length - 1)})`)
        prepared(`${into} VALUES ${values}`).run(some.flat())
      }
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
/**
 * A TEXT column that was selected as BLOB. libSQL ends the whole process on a TEXT that is not UTF-8, which is what a
 * damaged page may hold; here it is an error that says so. Also of what is no text at all.
 */
export function textOf(bytes: unknown): string {
  if (!(bytes instanceof ArrayBuffer)) throw new DamagedValue()
  try {
    return decoder.decode(bytes)
  } catch {
    throw new DamagedValue()
  }
}

/** Of a column that was selected as INTEGER. */
export function integerOf(value: unknown): number {
  if (Number.isSafeInteger(value)) return value as number
  throw new DamagedValue()
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads as SQLite's own error for a damaged file. */
class DamagedValue extends Error {
  readonly rawCode = SQLITE_CORRUPT
  constructor() {
    super('a value in it is not what was written')
  }
}

export type Sql = ReturnType<typeof openSql>
