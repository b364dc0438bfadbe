import type { BlobHash, Seq, SessionId, SessionSummary, StoredEvent } from '@nacre/types'
import type { CommandContext } from '../commands/context.js'
import { daemonStatus } from '../daemon/control.js'

/** A user's sessions as they are stored, whoever holds the log. */
export interface Records {
  /** Newest first, archived ones too. With `others`, what a gateway does not list is said on standard error, and what becomes of it. */
  list(others?: string): Promise<readonly SessionSummary[]>
  /** The one that is meant by its id, a beginning of it that no other has, or its whole title; else a Fault. */
  find(name: string): Promise<SessionSummary>
  /** What is stored now, in order; ends early when the signal aborts. */
  events(session: SessionId, signal: AbortSignal): AsyncIterable<StoredEvent>
  fork(session: SessionId, upTo: Seq): Promise<SessionSummary>
  rename(session: SessionId, title: string): Promise<void>
  archive(session: SessionId, archived: boolean): Promise<void>
  /** Takes it away for good, its delegates too. A Fault while a turn of it is open or waits. */
  remove(session: SessionId): Promise<void>
  /** The bytes of a blob that events name; undefined where they are gone. */
  blob(hash: BlobHash): Promise<Uint8Array | undefined>
  [Symbol.asyncDispose](): Promise<void>
}

/** From the daemon, where one runs, else from the log itself, which is then held until it is disposed of. */
export async function openRecords(context: CommandContext): Promise<Records> {
  return (await daemonStatus(context.paths))
    ? (await import('./daemon-records.js')).daemonRecords(context)
    : (await import('./log-records.js')).logRecords(context)
}
