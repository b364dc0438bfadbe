import { isDeepStrictEqual } from 'node:util'
import { Fault, type Head, type Seq, type StreamName } from '@nacre/types'
import { OPEN_WORK, PARENT, TITLE, UNARCHIVED } from './database.js'
import { refuseDeleted } from './deletion.js'
import { damaged } from './faults.js'
import type { Graves } from './graves.js'
import { checkLinks, type LinkedRow, linkRows } from './link.js'
import {
  advance,
  type Conflict,
  closingAppend,
  copyRows,
  cut,
  NOTHING_COPIED,
  type Placed,
  parseKept,
  place,
  refuseFork,
} from './row.js'
import { integerOf, type Sql, textOf } from './sql.js'
import type { AppendRequest, ForkRequest, HeadDifference, HeadQuery, Row, Span } from './store.js'
import type { Unnamed } from './unnamed.js'

export type RowPage = { readonly rows: readonly Row[]; readonly end: boolean }

const NO_LIMIT = -1
const COLUMNS = 'seq, prev, type, at, v, body, sum'
/** The same, to be read: see `textOf`. */
const READ_COLUMNS = `seq, CAST(prev AS INTEGER) AS prev, CAST(type AS BLOB) AS type, CAST(at AS INTEGER) AS at,
  CAST(v AS INTEGER) AS v, CAST(body AS BLOB) AS body, CAST(sum AS INTEGER) AS sum`
const READ_HEAD = 'CAST(head AS BLOB) AS head'
/** Rows are fetched in batches: an event may have 256 KiB, and a page of 1,000 such must not be in memory at once. */
const BATCH = 64

/** No name begins with a control character, so all of them are at or behind this one. */
const FIRST_NAME = ' '
/** No name holds this sign, and every name is before it. */
const LAST_SIGN = '\u{10ffff}'
const WITHIN = 'stream >= ? AND stream < ?'
const within = (prefix: string) => [prefix, prefix + LAST_SIGN]
const hiddenName = (copyId: number) => `\u0001${copyId}` as StreamName

/** The tables of events and heads. Only `append` and `fork` expect to be inside a transaction. */
export function createEvents(sql: Sql, graves: Graves, unnamed: Unnamed) {
  const headOf = (stream: StreamName): Head | undefined => {
    const [row] = sql.all<HeadCells>(`SELECT ${READ_HEAD} FROM heads WHERE stream = ?`, [stream])
    return row && toHead(row)
  }
  // Read each time: SQLite is the one who knows it, also after a transaction that failed.
  const nextSeq = (): Seq => {
    const [row] = sql.all<{ seq: unknown }>(
      `SELECT CAST(seq AS INTEGER) AS seq FROM sqlite_sequence WHERE name = 'events'`,
    )
    return row === undefined ? 1 : integerOf(row.seq) + 1
  }
  const insert = (stream: StreamName, rows: readonly Row[], last: Seq): void => {
    for (const { seq, prev, type, at, v, body, sum } of linkRows(rows, last)) {
      sql.run(`INSERT INTO events (stream, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, [
        stream,
        seq,
        prev,
        type,
        at,
        v,
        body,
        sum,
      ])
    }
  }
  const seqIn = (from: 'heads' | 'events', stream: StreamName): Seq => {
    const [row] = sql.all<{ seq: unknown }>(`SELECT CAST(max(seq) AS INTEGER) AS seq FROM ${from} WHERE stream = ?`, [
      stream,
    ])
    return integerOf(row?.seq ?? 0)
  }
  const keepHead = (head: Head): void => {
    sql.run('INSERT OR REPLACE INTO heads (stream, seq, head) VALUES (?, ?, ?)', [
      head.stream,
      head.seq,
      JSON.stringify(head),
    ])
  }
  const dropCopy = (hidden: StreamName): void => {
    sql.run('DELETE FROM events WHERE stream = ?', [hidden])
  }
  /** The last seq of a stream, also of one that was deleted. */
  const lastOf = (stream: StreamName): Seq => headOf(stream)?.seq ?? graves.lastOf(stream) ?? 0
  /** `last` is the seq that the stream ends with. */
  const read = (span: Span, last = seqIn('heads', span.stream)): RowPage => {
    const { stream, after, before, limit, maxBytes, newestFirst } = span
    const direction = newestFirst ? 'DESC' : 'ASC'
    const rows: LinkedRow[] = []
    let reachesEnd = false
    let bytes = 0
    let [low, high] = [after, before]
    while (rows.length <= limit && bytes <= maxBytes) {
      const wanted = Math.min(BATCH, limit + 1 - rows.length)
      const cells = sql.all<RowCells>(
        `SELECT ${READ_COLUMNS} FROM events WHERE stream = ? AND seq > ? AND seq < ? ORDER BY seq ${direction} LIMIT ?`,
        [stream, low, high, wanted],
      )
      const batch = cells.map(toRow)
      for (const row of batch) bytes += row.body.length
      rows.push(...batch)
      reachesEnd = batch.length < wanted
      if (reachesEnd) break
      const lowest = batch.at(-1)?.seq ?? 0
      if (newestFirst) high = lowest
      else low = lowest
    }
    const until = before > last && (newestFirst || reachesEnd) ? last : undefined
    if (newestFirst) checkLinks(rows.toReversed(), reachesEnd ? after : undefined, until)
    else checkLinks(rows, after, until)
    return cut(rows, limit, maxBytes)
  }

  return {
    /** Judges and writes one append. Throws a Fault before it has written anything, or SQLite's error at any time. */
    append(request: AppendRequest): Placed | Conflict {
      const head = headOf(request.stream)
      const buried = head === undefined ? graves.lastOf(request.stream) : undefined
      if (buried !== undefined) return refuseDeleted(buried, request)
      const placed = place(head, request, nextSeq())
      if (placed.type === 'conflict' || placed.rows.length === 0) return placed
      const last = seqIn('events', request.stream)
      if (last !== (head?.seq ?? 0)) throw damaged(`The head of ${request.stream} is not that of its events`)
      insert(request.stream, placed.rows, last)
      for (const { body } of placed.rows) unnamed.named(body)
      if (placed.head?.deleted) {
        sql.run('DELETE FROM heads WHERE stream = ?', [request.stream])
        graves.dig(request.stream, placed.head.seq)
      } else if (placed.head) keepHead(placed.head)
      return placed
    },
    read(span: Span): RowPage {
      const last = seqIn('heads', span.stream)
      const buried = last === 0 ? graves.lastOf(span.stream) : undefined
      return buried === undefined ? read(span, last) : read({ ...span, after: Math.max(span.after, buried - 1) }, 0)
    },
    headOf,
    count(prefix: string): number {
      const [row] = sql.all<{ count: number }>(
        `SELECT count(*) AS count FROM heads INDEXED BY heads_in_order WHERE ${WITHIN}`,
        within(prefix),
      )
      return row?.count ?? 0
    },
    /** The heads themselves are read only of those streams that an index has found. */
    heads({ prefix, limit = NO_LIMIT, title, openWork, parent, archived }: HeadQuery): readonly Head[] {
      const index =
        parent !== undefined
          ? 'heads_by_parent'
          : title !== undefined
            ? 'heads_by_title'
            : openWork
              ? 'heads_with_work'
              : archived === false
                ? 'heads_unarchived'
                : 'heads_in_order'
      const more = [
        parent === undefined ? '' : `AND ${PARENT} = ?`,
        title === undefined ? '' : `AND ${TITLE} = ?`,
        openWork ? `AND ${OPEN_WORK}` : '',
        archived === false ? `AND ${UNARCHIVED}` : '',
      ].join(' ')
      const found = `SELECT stream FROM heads INDEXED BY ${index} WHERE ${WITHIN} ${more} ORDER BY seq DESC LIMIT ?`
      const rows = sql.all<HeadCells>(`SELECT ${READ_HEAD} FROM heads WHERE stream IN (${found}) ORDER BY seq DESC`, [
        ...within(prefix),
        ...(parent === undefined ? [] : [parent]),
        ...(title === undefined ? [] : [title]),
        limit,
      ])
      return rows.map(toHead)
    },
    /**
     * One batch for each turn of the generator, and each turn in a transaction of its own: a long copy must not hold up
     * appends. What is copied lies under a name that no stream can have, until the last turn gives it the target's.
     */
    *fork(request: ForkRequest, copyId: number): Generator<undefined, Placed | Conflict> {
      const { source, upTo, target } = request
      const refused = refuseFork(request, headOf(source)?.seq ?? 0, lastOf(target))
      if (refused) return refused
      const hidden = hiddenName(copyId)
      let copy: Parameters<typeof copyRows>[3] = NOTHING_COPIED
      for (const rows of batches(read, source, upTo)) {
        if (copy.head !== undefined) yield
        const next = copyRows(rows, target, nextSeq(), copy)
        insert(hidden, next.rows, copy.head?.seq ?? 0)
        copy = next
      }
      const taken = lastOf(target)
      if (taken > 0) {
        dropCopy(hidden)
        return { type: 'conflict', head: taken }
      }
      sql.run('UPDATE events SET stream = ? WHERE stream = ?', [target, hidden])
      const end = place(copy.head, closingAppend(copy.state, request), nextSeq())
      if (end.type === 'conflict' || end.head === undefined) throw new Fault('internal', `The fork ${target} is empty.`)
      insert(target, end.rows, copy.head?.seq ?? 0)
      keepHead(end.head)
      return end
    },
    /** What a fork that failed has left. */
    dropCopy: (copyId: number) => dropCopy(hiddenName(copyId)),
    /** What forks have left that this process, or its machine, did not live to finish. */
    dropCopies(): void {
      sql.run('DELETE FROM events WHERE stream < ?', [FIRST_NAME])
    },
    /** Every stream that has events or a head. */
    streams: (): readonly StreamName[] =>
      sql
        .all<{ stream: unknown }>(
          `SELECT CAST(stream AS BLOB) AS stream FROM (
             SELECT stream FROM events WHERE stream >= ? UNION SELECT stream FROM heads)`,
          [FIRST_NAME],
        )
        .map(({ stream }) => textOf(stream) as StreamName),
    /** Rebuilds one head; the difference if there was one. */
    verify(stream: StreamName): HeadDifference | undefined {
      const kept = headOf(stream)
      let rebuilt: Head | undefined
      // Not by the head, which is what is in doubt.
      const unbound = (span: Span) => read(span, 0)
      const buried = graves.lastOf(stream) !== undefined
      for (const rows of batches(unbound, stream, Number.MAX_SAFE_INTEGER - 1))
        if (!buried) rebuilt = advance(rebuilt, stream, rows)
      // As it would be read again: what was kept has been through JSON, where an undefined key is no key.
      const same = rebuilt && (JSON.parse(JSON.stringify(rebuilt)) as Head)
      if (isDeepStrictEqual(kept, same)) return undefined
      if (same) keepHead(same)
      else sql.run('DELETE FROM heads WHERE stream = ?', [stream])
      return { stream, kept, rebuilt: same }
    },
  }
}
type RowCells = { readonly [Column in keyof LinkedRow]: unknown }
type HeadCells = { readonly head: unknown }

const toRow = ({ seq, prev, type, at, v, body, sum }: RowCells): LinkedRow => ({
  seq: integerOf(seq),
  prev: integerOf(prev),
  type: textOf(type),
  at: integerOf(at),
  v: integerOf(v),
  body: textOf(body),
  sum: integerOf(sum),
})

const toHead = ({ head }: HeadCells): Head => parseKept(textOf(head)) as Head

export type Events = ReturnType<typeof createEvents>

function* batches(read: (span: Span) => RowPage, stream: StreamName, upTo: Seq): Generator<readonly Row[]> {
  let after = 0
  for (let end = false; !end; ) {
    const page = read({ stream, after, before: upTo + 1, limit: 1000, maxBytes: 4 * 1024 * 1024, newestFirst: false })
    end = page.end
    after = page.rows.at(-1)?.seq ?? after
    if (page.rows.length > 0) yield page.rows
  }
}
