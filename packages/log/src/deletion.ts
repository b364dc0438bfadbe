import { sessionOf } from '@nacre/session'
import { Fault, type Millis, type StreamName } from '@nacre/types'
import { toDrafts, toSpan } from './check.js'
import type { AppendRequest, OpenStore } from './store.js'

type Store = Pick<ReturnType<OpenStore>, 'append' | 'heads' | 'read'>

/**
 * Deletes the delegates of a deleted session, and theirs. To be done before its purge, and again after a crash: what is
 * deleted already is not found any more.
 */
export async function deleteDelegates(stream: StreamName, store: Store, now: () => Millis): Promise<void> {
  const drafts = toDrafts([await deletionOf(stream, store)])
  const prefix = stream.slice(0, stream.indexOf('/') + 1)
  const deleted = [stream]
  for (const parent of deleted) {
    for (const delegate of await store.heads({ prefix, parent: sessionOf(parent) })) {
      await unlessGone(store.append({ stream: delegate.stream, drafts, now: now(), expectedSeq: undefined }))
      deleted.push(delegate.stream)
    }
  }
}

async function deletionOf(stream: StreamName, store: Store) {
  const { events } = await store.read(toSpan(stream, { limit: 1, newestFirst: true }))
  const [last] = events
  if (last === undefined) throw new Fault('not_found', 'There is no such stream to purge.')
  if (last.type === 'session.deleted') return { type: last.type, by: Reflect.get(last, 'by') }
  throw new Fault('conflict', 'Only what was deleted is purged.', { mend: 'Append `session.deleted` first.' })
}

async function unlessGone(appending: Promise<unknown>): Promise<void> {
  try {
    await appending
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'not_found')) throw error
  }
}

/** What an append to a deleted stream comes to, whose last event is at `last`: never to an event. */
export function refuseDeleted(last: number, { expectedSeq }: AppendRequest): { type: 'conflict'; head: number } {
  if (expectedSeq !== undefined && expectedSeq !== last) return { type: 'conflict', head: last }
  throw new Fault('not_found', 'The session was deleted.', { mend: 'Go on in another session.' })
}
