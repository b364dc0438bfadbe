import type { SessionState } from '@nacre/session'
import type { BlobHash, ToolSpec } from '@nacre/types'
import type { Recorded } from './recorded.js'

/** What a replay's agent needs to know of it. */
export type Stage = {
  readonly record: Recorded
  /** What the log holds so far. */
  readonly state: () => SessionState
  readonly blob: (hash: BlobHash) => Promise<Uint8Array | undefined>
  /** The user cancels: what was cut off then is cut off now. */
  readonly cancel: () => void
  /** The engine died here: nothing that this work comes to was written. Never resolves. */
  readonly crash: () => Promise<never>
}

export type RecordedPrefix = { readonly system: string; readonly tools: readonly ToolSpec[] }
