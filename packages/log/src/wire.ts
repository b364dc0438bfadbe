import type { BlobHash, Head, Millis, Seq, StreamName } from '@nacre/types'
import type { Written } from './append.js'
import type { RowPage } from './events.js'
import type { WireFault } from './faults.js'
import type { Conflict, Placed } from './row.js'
import type { AppendRequest, Draft, ForkRequest, HeadDifference, HeadQuery, Span } from './store.js'

// Tuples where there are many: an object takes three times as long to be cloned.

/** What the log asks its worker, by operation: the argument and the answer. */
export type Operations = {
  append: { argument: WireAppend; answer: Written | Conflict }
  fork: { argument: ForkRequest; answer: Placed | Conflict }
  purge: { argument: undefined; answer: undefined }
  graves: { argument: undefined; answer: readonly StreamName[] }
  read: { argument: Span; answer: RowPage }
  head: { argument: StreamName; answer: Head | undefined }
  count: { argument: string; answer: number }
  heads: { argument: HeadQuery; answer: readonly Head[] }
  streams: { argument: undefined; answer: readonly StreamName[] }
  verify: { argument: StreamName; answer: HeadDifference | undefined }
  put: { argument: Uint8Array; answer: BlobHash }
  get: { argument: BlobHash; answer: Uint8Array<ArrayBuffer> | undefined }
  drop: { argument: BlobHash; answer: undefined }
  close: { argument: undefined; answer: undefined }
}
export type Operation = keyof Operations
export type Request = {
  [Op in Operation]: readonly [id: number, op: Op, argument: Operations[Op]['argument']]
}[Operation]
export type Reply = readonly [id: number, answer: unknown, fault?: WireFault]
/** The first message to the worker. */
export type Told = { readonly path: string }
/** The worker's first message. */
export type Opened = { readonly opened: true } | { readonly fault: WireFault }

type WireAppend = readonly [stream: StreamName, now: Millis, expectedSeq: Seq | undefined, ...typesAndBodies: string[]]

export const toWireAppend = ({ stream, now, expectedSeq, drafts }: AppendRequest): WireAppend => [
  stream,
  now,
  expectedSeq,
  ...drafts.flatMap(({ type, body }) => [type, body]),
]

export function fromWireAppend([stream, now, expectedSeq, ...typesAndBodies]: WireAppend): AppendRequest {
  const drafts: Draft[] = []
  for (let n = 0; n < typesAndBodies.length; n += 2)
    drafts.push({ type: typesAndBodies[n] ?? '', body: typesAndBodies[n + 1] ?? '' })
  return { stream, now, expectedSeq, drafts }
}
