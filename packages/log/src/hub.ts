import { Fault, type Head, type Log, type LogItem, type Millis, type StreamName, type Transient } from '@nacre/types'
import { checkBlob, checkName, checkSeq, toDrafts, toSpan } from './check.js'
import { closable } from './closable.js'
import { type Changes, createChanges, feed } from './feed.js'
import { follow } from './follow.js'
import { createInbox, type Inbox } from './inbox.js'
import { createLiveText } from './live.js'
import type { Commit, HeadDifference, OpenStore } from './store.js'

/** A log that its opener owns: whoever opens closes. */
export type OpenLog = Log & {
  /** Rebuilds every head from its events, replaces those that differ and reports them; none means that all is well. */
  verifyHeads(): Promise<readonly HeadDifference[]>
  /** Finishes what was asked for, then ends: running followers and feeds throw Fault `closed`, and so does every later call. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A page of history as a follower takes it: small, so that parsing it does not hold up the event loop. */
const HISTORY_PAGE = { limit: 256, maxBytes: 512 * 1024 }

/** The one implementation of checks, followers, live text and feeds, over any store. */
export function createHub(open: OpenStore, now: () => Millis): OpenLog {
  const live = createLiveText()
  const listeners = createListeners()
  const store = open({
    committed(commit) {
      for (const { event } of commit.events ?? []) live.stored(commit.stream, event)
      listeners.committed(commit)
    },
    failed: (fault) => listeners.fail(fault),
  })
  let closing: Promise<void> | undefined
  const alive = () => {
    if (closing !== undefined) throw closed()
  }
  const close = () => {
    listeners.fail(closed())
    closing ??= store.close()
    return closing
  }

  return {
    async append(stream, events, { expectedSeq } = {}) {
      alive()
      checkName(stream, 'stream name')
      if (expectedSeq !== undefined) checkSeq(expectedSeq, '`expectedSeq`')
      return await store.append({ stream, drafts: toDrafts(events), now: now(), expectedSeq })
    },
    async read(stream, range = {}) {
      alive()
      return await store.read(toSpan(stream, range))
    },
    follow: (stream, { after, signal }) =>
      closable(signal, async function* (ended): AsyncGenerator<LogItem, void, undefined> {
        alive()
        const span = { ...toSpan(stream, { after }), ...HISTORY_PAGE }
        const inbox = createInbox()
        const leave = listeners.follower(stream, inbox)
        try {
          const read = (from: number) => store.read({ ...span, after: from })
          yield* follow(after, { inbox, read, snapshots: () => live.snapshots(stream) }, ended)
        } finally {
          leave()
        }
      }),
    publish(stream, event) {
      if (closing !== undefined) return
      live.transient(stream, event)
      listeners.published(stream, event)
    },
    async heads(prefix) {
      alive()
      if (prefix !== '') checkName(prefix, 'prefix')
      return await store.heads(prefix)
    },
    feed: (prefix, { from, signal }) =>
      closable(signal, async function* (ended): AsyncGenerator<Head, void, undefined> {
        alive()
        checkSeq(from, '`from`')
        if (prefix !== '') checkName(prefix, 'prefix')
        const changes = createChanges()
        const leave = listeners.feed(prefix, changes)
        try {
          yield* feed(from, changes, () => store.heads(prefix), ended)
        } finally {
          leave()
        }
      }),
    async fork(source, upTo, target) {
      alive()
      checkName(source, 'stream name')
      checkName(target, 'stream name')
      checkSeq(upTo, '`upTo`')
      return await store.fork({ source, upTo, target, now: now() })
    },
    blobs: {
      async put(bytes) {
        alive()
        checkBlob(bytes)
        return await store.put(bytes)
      },
      async get(hash) {
        alive()
        checkName(hash, 'blob hash')
        return await store.get(hash)
      },
      async drop(hash) {
        alive()
        checkName(hash, 'blob hash')
        await store.drop(hash)
      },
    },
    async verifyHeads() {
      alive()
      return await store.verify()
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

const closed = () => new Fault('closed', 'The log is closed.')

function createListeners() {
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
