import type { SessionId, StoredEvent } from '@nacre/types'
import { openRecords } from '../records/records.js'
import type { CommandContext } from './context.js'

export type SessionEvents = {
  readonly session: SessionId
  readonly title: string
  readonly events: AsyncIterable<StoredEvent>
}

/** Which sessions; all without `session`. `others` says what becomes of those that a gateway does not list. */
type Wanted = { readonly session: string | undefined; readonly others: string; readonly signal: AbortSignal }

/**
 * What is stored of each session, the oldest session first: from the daemon, where one runs, else from the log itself.
 * To be read one session after the other; ends when the signal aborts.
 */
export async function* storedEvents(context: CommandContext, wanted: Wanted): AsyncIterable<SessionEvents> {
  await using records = await openRecords(context)
  const { session: named, others, signal } = wanted
  const sessions = named === undefined ? await records.list(others) : [await records.find(named)]
  for (const { session, title } of sessions.toSorted((a, b) => a.created_at - b.created_at))
    yield { session, title, events: records.events(session, signal) }
}
