import type { Seq, StreamName } from '@nacre/types'
import { integerOf, type Sql, textOf } from './sql.js'

export const GRAVE_TABLES = `
  CREATE TABLE IF NOT EXISTS graves (stream TEXT PRIMARY KEY, seq INTEGER NOT NULL, purged INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS doomed (hash TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
`
/** Those that are not purged yet are found without reading the others. */
export const GRAVE_INDEX = 'CREATE INDEX IF NOT EXISTS graves_open ON graves (stream) WHERE purged = 0'

/**
 * Streams that were deleted. Their name is never used again: a writer that does not know of the deletion must not begin
 * them anew. `seq` is their last event, which says that they were deleted; the rest is taken away by a purge.
 */
export const createGraves = (sql: Sql) => ({
  /** The last seq of a stream that was deleted; undefined: it was not. */
  lastOf(stream: StreamName): Seq | undefined {
    const [row] = sql.all<{ seq: unknown }>('SELECT CAST(seq AS INTEGER) AS seq FROM graves WHERE stream = ?', [stream])
    return row && integerOf(row.seq)
  },
  dig(stream: StreamName, seq: Seq): void {
    sql.run('INSERT INTO graves (stream, seq, purged) VALUES (?, ?, 0)', [stream, seq])
  },
  /** Those that still hold what they held. */
  unpurged: (): readonly Grave[] =>
    sql
      .all<{ stream: unknown; seq: unknown }>(
        `SELECT CAST(stream AS BLOB) AS stream, CAST(seq AS INTEGER) AS seq FROM graves INDEXED BY graves_open WHERE purged = 0`,
      )
      .map(({ stream, seq }) => ({ stream: textOf(stream) as StreamName, seq: integerOf(seq) })),
  markPurged(stream: StreamName): void {
    sql.run('UPDATE graves SET purged = 1 WHERE stream = ?', [stream])
  },
})
export type Graves = ReturnType<typeof createGraves>
export type Grave = { readonly stream: StreamName; readonly seq: Seq }
