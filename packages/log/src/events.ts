import { isDeepStrictEqual } from 'node:util'
import { Fault, type Head, type Seq, type StreamName } from '@nacre/types'
import { damaged } from './faults.js'
import type { Graves } from './graves.js'
import { type Heads, keptHead } from './heads.js'
import { checkLinks, type LinkedRow, linkRows } from './link.js'
import {
  advance,
  type Conflict,
  closingAppend,
  copyRows,
  cut,
  NOTHING_COPIED,
  type Placed,
  place,
  refuseFork,
} from './row.js'
import { integerOf, type Sql, textOf } from './sql.js'
import type { ForkRequest, HeadDifference, Row, Span } from './store.js'
import type { Tail, Tails } from './tails.js'

export type RowPage = { readonly rows: readonly Row[]; readonly end: boolean }

const COLUMNS = 'seq, prev, type, at, v, body, sum'
/** The same, to be read: see `textOf`. */
const READ_COLUMNS = `seq, CAST(prev AS INTEGER) AS prev, CAST(type AS BLOB) AS type, CAST(at AS INTEGER) AS at,
  CAST(v AS INTEGER) AS v, CAST(body AS BLOB) AS body, CAST(sum AS INTEGER) AS sum`
/** Rows are fetched in batches: an event may have 256 KiB, and a page of 1,000 such must not be in memory at once. */
const BATCH = 64

/** No name begins with a control character, so all of them are at or behind this one. */
const FIRST_NAME = ' '
const hiddenName = (copyId: number) => `\u0001${copyId}` as StreamName

/** The table of events, and the heads that follow from it. `insert` and `fork` expect to be inside a transaction. */
export function createEvents(sql: Sql, heads: Heads, graves: Graves, tails: Tails) {
  // Read each time: SQLite is the one who knows it, also after a transaction that failed.
  const nextSeq = (): Seq => {
    const [row] = sql.all<{ seq: unknown }>(
      `SELECT CAST(seq AS INTEGER) AS seq FROM sqlite_sequence WHERE name = 'events'`,
    )
    return row === undefined ? 1 : integerOf(row.seq) + 1
  }
  const insert = (rows: readonly (readonly [StreamName, LinkedRow])[]): void => {
    sql.insert(
      `INSERT INTO events (stream, ${COLUMNS})`,
      rows.map(([stream, { seq, prev, type, at, v, body, sum }]) => [stream, seq, prev, type, at, v, body, sum]),
    )
  }
  const insertBehind = (last: Seq, stream: StreamName, rows: readonly Row[]): void =>
    insert(linkRows(rows, last).map((row) => [stream, row]))
  const dropCopy = (hidden: StreamName): void => {
    sql.run('DELETE FROM events WHERE stream = ?', [hidden])
  }
  /** The last seq of a stream, also of one that was deleted. */
  const lastOf = (stream: StreamName): Seq => heads.of(stream)?.seq ?? graves.lastOf(stream) ?? 0
  const readTail = (stream: StreamName): Tail => {
    const head = heads.of(stream)
    const buried = head === undefined ? graves.lastOf(stream) : undefined
    if (buried !== undefined) return { type: 'deleted', seq: buried }
    const [row] = sql.all<{ seq: unknown }>('SELECT CAST(max(seq) AS INTEGER) AS seq FROM events WHERE stream = ?', [
      stream,
    ])
    if (integerOf(row?.seq ?? 0) !== (head?.seq ?? 0)) throw damaged(`The head of ${stream} is not that of its events`)
    return head ? { type: 'live', head } : { type: 'none' }
  }
  /** `last` is the seq that the stream ends with. */
  const read = (span: Span, last = heads.seqOf(span.stream)): RowPage => {
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
    nextSeq,
    insert,
    /** What a stream ends with. Throws a Fault `corrupt` where its head says something else than its events. */
    tailOf: (stream: StreamName): Tail => tails.of(stream) ?? tails.keep(stream, readTail(stream)),
    read(span: Span): RowPage {
      const last = heads.seqOf(span.stream)
      const buried = last === 0 ? graves.lastOf(span.stream) : undefined
      return buried === undefined ? read(span, last) : read({ ...span, after: Math.max(span.after, buried - 1) }, 0)
    },
    /**
     * One batch for each turn of the generator, and each turn in a transaction of its own: a long copy must not hold up
     * appends. What is copied lies under a name that no stream can have, until the last turn gives it the target's.
     */
    *fork(request: ForkRequest, copyId: number): Generator<undefined, Placed | Conflict> {
      const { source, upTo, target } = request
      const refused = refuseFork(request, heads.of(source)?.seq ?? 0, lastOf(target))
      if (refused) return refused
      const hidden = hiddenName(copyId)
      let copy: Parameters<typeof copyRows>[3] = NOTHING_COPIED
      for (const rows of batches(read, source, upTo)) {
        if (copy.head !== undefined) yield
        const next = copyRows(rows, target, nextSeq(), copy)
        insertBehind(copy.head?.seq ?? 0, hidden, next.rows)
        copy = next
      }
      const taken = lastOf(target)
      if (taken > 0) {
        dropCopy(hidden)
        return { type: 'conflict', head: taken }
      }
      sql.run('UPDATE events SET stream = ? WHERE stream = ?', [target, hidden])
      const end = place(copy.head, closingAppend(copy, request), nextSeq())
      if (end.type === 'conflict' || end.head === undefined) throw new Fault('internal', `The fork ${target} is empty.`)
      insertBehind(copy.head?.seq ?? 0, target, end.rows)
      tails.drop(target)
      heads.keep([keptHead(end.head)])
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
      const kept = heads.of(stream)
      let rebuilt: Head | undefined
      // Not by the head, which is what is in doubt.
      const unbound = (span: Span) => read(span, 0)
      const buried = graves.lastOf(stream) !== undefined
      for (const rows of batches(unbound, stream, Number.MAX_SAFE_INTEGER - 1))
        if (!buried) rebuilt = advance(rebuilt, stream, rows)
      // As it would be read again: what was kept has been through JSON, where an undefined key is no key.
      const same = rebuilt && (JSON.parse(JSON.stringify(rebuilt)) as Head)
      if (isDeepStrictEqual(kept, same)) return undefined
      tails.drop(stream)
      if (same) heads.keep([keptHead(same)])
      else heads.drop(stream)
      return { stream, kept, rebuilt: same }
    },
  }
}
type RowCells = { readonly [Column in keyof LinkedRow]: unknown }

const toRow = ({ seq, prev, type, at, v, body, sum }: RowCells): LinkedRow => ({
  seq: integerOf(seq),
  prev: integerOf(prev),
  type: textOf(type),
  at: integerOf(at),
  v: integerOf(v),
  body: textOf(body),
  sum: integerOf(sum),
})

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
