import { EMPTY_SESSION, fromCheckpoint, isUnknown, lift, type SessionState } from '@nacre/session'
import type { Log, StreamName } from '@nacre/types'

/** Where the fold of a session begins: at its newest checkpoint, or, without one that can be read, at its beginning. */
export async function beginningOf(log: Log, stream: StreamName): Promise<SessionState> {
  const seq = (await log.head(stream))?.memo.checkpoint
  if (seq === undefined) return EMPTY_SESSION
  const [stored] = (await log.read(stream, { after: seq - 1, limit: 1 })).events
  const event = stored && lift(stored)
  if (event?.type !== 'session.compacted' || isUnknown(event)) return EMPTY_SESSION
  const bytes = await log.blobs.get(event.state)
  return (bytes && fromCheckpoint(bytes, event.upTo)) ?? EMPTY_SESSION
}
