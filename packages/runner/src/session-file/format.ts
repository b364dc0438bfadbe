import type { BlobHash, SessionId, StoredEvent } from '@nacre/types'

export const FORMAT = 'nacre-session'
export const FORMAT_VERSION = 1

/** No line is longer: an event has at most 256 KiB, and a blob comes in pieces. */
export const LINE_BYTES = 1024 * 1024
export const PIECE_BYTES = 384 * 1024
export const BLOB_BYTES = 64 * 1024 * 1024

/**
 * What is in a session's file, in order: its name; each event, and before it the blobs that it is the first to name; its end.
 * An event's `seq` is its place in the file, from 1 on, for a log gives other numbers than another.
 */
export type FileItem =
  | { readonly type: 'header'; readonly session: SessionId }
  | { readonly type: 'blob'; readonly hash: BlobHash; readonly bytes: Uint8Array }
  /** It was gone when the session was exported. */
  | { readonly type: 'missing'; readonly hash: BlobHash }
  | { readonly type: 'event'; readonly event: StoredEvent }
  | { readonly type: 'end'; readonly events: number }
