import type { Millis, Seq, StreamName } from '@nacre/types'
import { refuseDeleted } from './deletion.js'
import type { Events } from './events.js'
import type { Graves } from './graves.js'
import { type Heads, type KeptHead, keptHead } from './heads.js'
import { type LinkedRow, linkRows } from './link.js'
import { type Conflict, place } from './row.js'
import type { Sql } from './sql.js'
import type { AppendRequest } from './store.js'
import type { Tail, Tails } from './tails.js'
import type { Unnamed } from './unnamed.js'

/** The seq of an append's first event, the time of all, and the JSON of the head behind them: undefined where nothing was to be written. */
export type Written = readonly [first: Seq, at: Millis, head: string | undefined]
export type Verdict = { readonly answer: Written | Conflict } | { readonly error: unknown }

type Tables = {
  readonly events: Events
  readonly heads: Heads
  readonly graves: Graves
  readonly tails: Tails
  readonly unnamed: Unnamed
}
/** Appends as they were judged one after the other: what is to be written, and what their streams end with then. */
type Group = {
  next: Seq
  readonly rows: (readonly [StreamName, LinkedRow])[]
  readonly ends: Map<StreamName, KeptHead>
}

const NOTHING: Written = [0, 0, undefined]

/**
 * Judges appends one after the other, in memory, then writes all of them in one transaction of a few statements. What is
 * wrong with one is its own verdict; throws when the transaction fails, and then nothing of any was written.
 */
export const createAppends =
  (sql: Sql, tables: Tables) =>
  (requests: readonly AppendRequest[]): readonly Verdict[] => {
    const group: Group = { next: tables.events.nextSeq(), rows: [], ends: new Map() }
    const verdicts = requests.map((request) => judge(tables, group, request))
    if (group.rows.length > 0) write(sql, tables, group)
    return verdicts
  }

function judge({ events }: Tables, group: Group, request: AppendRequest): Verdict {
  const { stream } = request
  try {
    const end = group.ends.get(stream)
    const tail = end ? tailOf(end) : events.tailOf(stream)
    if (tail.type === 'deleted') return { answer: refuseDeleted(tail.seq, request) }
    const head = tail.type === 'live' ? tail.head : undefined
    const placed = place(head, request, group.next)
    if (placed.type === 'conflict') return { answer: placed }
    const [first] = placed.rows
    if (first === undefined || placed.head === undefined) return { answer: NOTHING }
    const kept = keptHead(placed.head)
    for (const row of linkRows(placed.rows, head?.seq ?? 0)) group.rows.push([stream, row])
    group.next += placed.rows.length
    group.ends.set(stream, kept)
    return { answer: [first.seq, first.at, kept.text] }
  } catch (error) {
    return { error }
  }
}

function write(sql: Sql, { events, heads, graves, tails, unnamed }: Tables, { rows, ends }: Group): void {
  const last = [...ends.values()]
  try {
    sql.transaction(() => {
      events.insert(rows)
      heads.keep(last.filter(({ head }) => !head.deleted))
      for (const { head } of last.filter(({ head }) => head.deleted)) {
        heads.drop(head.stream)
        graves.dig(head.stream, head.seq)
      }
    })
  } catch (error) {
    tails.clear()
    throw error
  }
  for (const [stream, end] of ends) tails.keep(stream, tailOf(end))
  for (const [, { body }] of rows) unnamed.named(body)
}

const tailOf = ({ head }: KeptHead): Tail =>
  head.deleted ? { type: 'deleted', seq: head.seq } : { type: 'live', head }
