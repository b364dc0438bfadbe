import {
  closeFork,
  EMPTY_SESSION,
  eventVersion,
  fold,
  headOf,
  lift,
  type SessionState,
  sessionOf,
} from '@nacre/session'
import { Fault, type Head, type Millis, type Seq, type StoredEvent, type StreamName } from '@nacre/types'
import { damaged } from './faults.js'
import type { AppendRequest, Draft, ForkRequest, Row, Weighed } from './store.js'

export const toEvent = ({ seq, type, at, v, body }: Row): StoredEvent => ({ type, ...parseKept(body), seq, at, v })

/** JSON that was written here; a Fault `corrupt` where it is none any more. */
function parseKept(text: string): object {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw damaged('A text in it is not the JSON that was written', cause)
  }
}

export const parseHead = (text: string): Head => parseKept(text) as Head

export const weighed = (row: Row): Weighed => ({ event: toEvent(row), bytes: row.body.length })

export type Conflict = { readonly type: 'conflict'; readonly head: Seq }
export type Placed = {
  readonly type: 'placed'
  readonly rows: readonly Row[]
  readonly head: Head | undefined
}

/**
 * What an append comes to behind `head`, with `next` as its first seq: a conflict, or rows and the new head.
 * Time never runs backwards along a stream. Throws when an event is not of the shape that its type says.
 */
export function place(head: Head | undefined, request: AppendRequest, next: Seq): Placed | Conflict {
  const last = head?.seq ?? 0
  const { stream, drafts, now, expectedSeq } = request
  if (drafts.slice(0, -1).some(({ type }) => type === 'session.deleted'))
    throw new Fault('invalid_input', 'Nothing comes behind `session.deleted`.')
  if (expectedSeq !== undefined && expectedSeq !== last) return { type: 'conflict', head: last }
  const rows = stamp(drafts, next, Math.max(now, head?.updatedAt ?? 0))
  return { type: 'placed', rows, head: advance(head, stream, rows) }
}

/** Drafts as rows, with `next` as the first seq. */
export const stamp = (drafts: readonly Draft[], next: Seq, at: Millis): readonly Row[] =>
  drafts.map(({ type, body }, index) => ({ seq: next + index, type, at, v: eventVersion(type), body }))

export function advance(head: Head | undefined, stream: StreamName, rows: readonly Row[]): Head | undefined {
  try {
    return headOf(
      head,
      stream,
      rows.map((row) => lift(toEvent(row))),
    )
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('invalid_input', `An event for ${stream} is not of the shape that its type says.`, { cause })
  }
}

/** What a fork is refused for, given the last seqs of its source and its target; undefined: it may be made. */
export function refuseFork({ source, upTo }: ForkRequest, last: Seq, targetLast: Seq): Conflict | undefined {
  if (last === 0) throw new Fault('not_found', `There is no session ${source} to fork.`)
  if (upTo < 1 || upTo > last)
    throw new Fault('invalid_input', `The session ends at ${last}: it cannot be forked at ${upTo}.`, {
      mend: `Name an event from 1 to ${last}.`,
    })
  return targetLast === 0 ? undefined : { type: 'conflict', head: targetLast }
}

/** Rows on their way into a fork: the same content and time under new seqs, what they fold to, and their head. */
export type Copy = { readonly rows: readonly Row[]; readonly state: SessionState; readonly head: Head | undefined }

export function copyRows(
  source: readonly Row[],
  target: StreamName,
  next: Seq,
  { state, head }: Omit<Copy, 'rows'>,
): Copy {
  const rows = source.map((row, index) => ({ ...row, seq: next + index }))
  return {
    rows,
    state: fold(
      rows.map((row) => lift(toEvent(row))),
      state,
    ),
    head: advance(head, target, rows),
  }
}

export const NOTHING_COPIED = { state: EMPTY_SESSION, head: undefined } as const

/** The append that closes a fork's copy. Throws where nothing was there to be copied. */
export function closingAppend({ state, head }: Omit<Copy, 'rows'>, request: ForkRequest): AppendRequest {
  const { source, upTo, target, now } = request
  if (head === undefined)
    throw new Fault('invalid_input', `The session has nothing up to ${upTo}: it cannot be forked there.`, {
      mend: 'Name one of its events: runner events --session ID lists them.',
    })
  const drafts = closeFork(state, sessionOf(source), upTo).map(({ type, ...fields }) => ({
    type,
    body: JSON.stringify(fields),
  }))
  return { stream: target, drafts, now, expectedSeq: undefined }
}

/** The beginning of `rows` that fits a page, and whether that is all of them. One row always fits. */
export function cut(rows: readonly Row[], limit: number, maxBytes: number): { rows: readonly Row[]; end: boolean } {
  let bytes = 0
  let count = 0
  while (count < rows.length && count < limit) {
    bytes += rows[count]?.body.length ?? 0
    if (count > 0 && bytes > maxBytes) break
    count++
  }
  return { rows: rows.slice(0, count), end: count === rows.length }
}
