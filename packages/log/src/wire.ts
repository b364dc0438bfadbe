import type { BlobHash, Head, StreamName } from '@nacre/types'
import type { RowPage } from './events.js'
import type { WireFault } from './faults.js'
import type { Conflict, Placed } from './row.js'
import type { AppendRequest, ForkRequest, HeadDifference, HeadQuery, Span } from './store.js'

/** What the log asks its worker, by operation: the argument and the answer. */
export type Operations = {
  append: { argument: AppendRequest; answer: Placed | Conflict }
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
  [Op in Operation]: { readonly id: number; readonly op: Op; readonly argument: Operations[Op]['argument'] }
}[Operation]
export type Reply = { readonly id: number } & ({ readonly answer: unknown } | { readonly fault: WireFault })
/** The first message to the worker. */
export type Told = { readonly path: string }
/** The worker's first message. */
export type Opened = { readonly opened: true } | { readonly fault: WireFault }
