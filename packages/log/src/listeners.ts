import type { Fault, StreamName, Transient } from '@nacre/types'
import type { Changes } from './feed.js'
import type { Inbox } from './inbox.js'
import type { Commit } from './store.js'

/** Who hears what: followers by stream, feeds by prefix. Joining answers with how to leave. */
export function createListeners() {
  const followers = new Map<StreamName, Set<Inbox>>()
  const feeds = new Set<{ readonly prefix: string; readonly changes: Changes }>()

  return {
    follower(stream: StreamName, inbox: Inbox): () => void {
      const inboxes = followers.get(stream) ?? new Set()
      followers.set(stream, inboxes.add(inbox))
      return () => {
        if (inboxes.delete(inbox) && inboxes.size === 0) followers.delete(stream)
      }
    },
    feed(prefix: string, changes: Changes): () => void {
      const entry = { prefix, changes }
      feeds.add(entry)
      return () => feeds.delete(entry)
    },
    committed({ stream, head, events }: Commit): void {
      for (const inbox of followers.get(stream) ?? []) {
        if (events === undefined) inbox.behind(head.seq)
        else for (const event of events) inbox.stored(event)
      }
      for (const { prefix, changes } of feeds) if (stream.startsWith(prefix)) changes.changed(head)
    },
    published(stream: StreamName, event: Transient): void {
      const inboxes = followers.get(stream)
      const bytes = inboxes && weigh(event)
      if (inboxes && bytes !== undefined) for (const inbox of inboxes) inbox.transient(event, bytes)
    },
    fail(error: Fault): void {
      for (const inboxes of followers.values()) for (const inbox of inboxes) inbox.fail(error)
      for (const { changes } of feeds) changes.fail(error)
    },
  }
}

/** What cannot be written as JSON could not be sent to anybody either: publish never fails, it drops it. */
function weigh(event: Transient): number | undefined {
  try {
    return JSON.stringify(event).length
  } catch {
    return undefined
  }
}
