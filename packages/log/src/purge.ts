import { type BlobHash, Fault, type Seq } from '@nacre/types'
import type { Grave, Graves } from './graves.js'
import { sumOf } from './link.js'
import type { Sql } from './sql.js'
import { hashesIn, type Unnamed } from './unnamed.js'

/** Rows in one transaction: an event may have 256 KiB. */
const BATCH = 64
/** Rows that are only looked at. */
const LOOKED_AT = 256

/** `steps` is to be run first, each turn of it in a transaction; `end`, with what it came to, in none. */
export const createPurging = (sql: Sql, graves: Graves, unnamed: Unnamed) => ({
  steps: () => steps(sql, graves, unnamed),
  end: (done: readonly Grave[]) => end(sql, graves, done),
})
export type Purging = ReturnType<typeof createPurging>

/**
 * Takes away what deleted streams held: of each event but the last its seq and type stay. Blobs that no event names any
 * more go with them. Each turn of the generator is a transaction of its own, and all of it may be done again from the
 * beginning: what a kill has left is found by the streams that are not marked as purged. Returns those it is done with.
 */
function* steps(sql: Sql, graves: Graves, unnamed: Unnamed): Generator<undefined, readonly Grave[]> {
  const done: Grave[] = []
  for (const grave of graves.unpurged()) {
    yield* buryEvents(sql, grave)
    done.push(grave)
  }
  if (done.length === 0) return done
  yield* dropDoomed(sql, unnamed)
  return done
}

/**
 * HAZARD: `secure_delete` overwrites what is deleted, but not the copies of cells that stay between others when SQLite
 * balances a tree: titles were found so after 26 of 1,800 purges, bytes of a blob after one. So the file is written anew, and
 * the write-ahead log, which holds pages as they were, is cut to nothing. Only then it is done.
 */
function end(sql: Sql, graves: Graves, done: readonly Grave[]): void {
  if (done.length === 0) return
  sql.exec('VACUUM')
  const [checkpoint] = sql.all<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)')
  if (checkpoint?.busy !== 0) throw new Fault('storage_failed', 'The write-ahead log could not be emptied.')
  sql.transaction(() => {
    for (const { stream } of done) graves.markPurged(stream)
  })
}

type Cells = { readonly seq: Seq; readonly prev: Seq; readonly type: ArrayBuffer; readonly body: ArrayBuffer }

function* buryEvents(sql: Sql, { stream, seq: last }: Grave): Generator<undefined> {
  for (let after = 0; ; yield) {
    const rows = sql.all<Cells>(
      `SELECT seq, prev, CAST(type AS BLOB) AS type, CAST(body AS BLOB) AS body FROM events
        WHERE stream = ? AND seq > ? AND seq < ? AND v > 0 ORDER BY seq LIMIT ${BATCH}`,
      [stream, after, last],
    )
    for (const { seq, prev, type, body } of rows) {
      for (const hash of hashesIn(lenient(body))) sql.run('INSERT OR IGNORE INTO doomed VALUES (?)', [hash])
      const sum = sumOf({ seq, type: Buffer.from(type).toString(), ...EMPTY }, prev)
      sql.run('UPDATE events SET at = ?, v = ?, body = ?, sum = ? WHERE seq = ?', [
        EMPTY.at,
        EMPTY.v,
        EMPTY.body,
        sum,
        seq,
      ])
      after = seq
    }
    if (rows.length < BATCH) return
  }
}

/** What a tombstone has beside its seq and type. No event has the version 0. */
export const EMPTY = { at: 0, v: 0, body: '' } as const

/** Damage is no reason to keep what is to go, and of damage in other streams a purge is not the judge. */
const lenient = (cell: ArrayBuffer): string => Buffer.from(cell).toString('latin1')

/** Every event is looked at, those that came meanwhile too: the last look and the dropping are one transaction. */
function* dropDoomed(sql: Sql, unnamed: Unnamed): Generator<undefined> {
  const doomed = new Set(sql.all<{ hash: BlobHash }>('SELECT hash FROM doomed').map(({ hash }) => hash))
  for (let after = 0; doomed.size > 0; yield) {
    const rows = sql.all<Pick<Cells, 'seq' | 'body'>>(
      `SELECT seq, CAST(body AS BLOB) AS body FROM events WHERE seq > ? ORDER BY seq LIMIT ${LOOKED_AT}`,
      [after],
    )
    for (const { seq, body } of rows) {
      for (const hash of hashesIn(lenient(body))) doomed.delete(hash)
      after = seq
    }
    if (rows.length < LOOKED_AT) break
  }
  for (const hash of doomed) if (!unnamed.has(hash)) sql.run('DELETE FROM blobs WHERE hash = ?', [hash])
  sql.run('DELETE FROM doomed')
}
