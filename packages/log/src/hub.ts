import { Fault, type Head, type Log, type LogItem, type Millis, type StreamName } from '@nacre/types'
import { checkBlob, checkName, checkSeq, toDrafts, toSpan } from './check.js'
import { closable } from './closable.js'
import { deleteDelegates } from './deletion.js'
import { closed } from './faults.js'
import { createChanges, feed } from './feed.js'
import { follow } from './follow.js'
import { createInbox } from './inbox.js'
import { createListeners } from './listeners.js'
import { createLiveText } from './live.js'
import { createRecent, reachesEnd } from './recent.js'
import type { HeadDifference, OpenStore, Span } from './store.js'

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
  const recent = createRecent()
  const store = open({
    committed(commit) {
      recent.committed(commit)
      for (const { event } of commit.events ?? []) live.stored(commit.stream, event)
      listeners.committed(commit)
    },
    failed(fault) {
      recent.clear()
      listeners.fail(fault)
    },
  })
  const read = async (span: Span) => {
    const known = recent.read(span)
    if (known) return known
    const { commits } = recent
    const page = await store.read(span)
    if (page.events.length === 0 && reachesEnd(span)) recent.lookedFor(span.stream, span.after, commits)
    return page
  }
  const purges = new Set<Promise<void>>()
  let closing: Promise<void> | undefined
  const alive = () => {
    if (closing !== undefined) throw closed()
  }
  const close = () => {
    listeners.fail(closed())
    closing ??= Promise.allSettled(purges).then(() => store.close())
    return closing
  }
  const purge = async (stream: StreamName) => {
    await deleteDelegates(stream, store, now)
    await store.purge()
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
      return await read(toSpan(stream, range))
    },
    follow: (stream, { after, signal }) =>
      closable(signal, async function* (ended): AsyncGenerator<LogItem, void, undefined> {
        alive()
        const span = { ...toSpan(stream, { after }), ...HISTORY_PAGE }
        const inbox = createInbox()
        const leave = listeners.follower(stream, inbox)
        try {
          const pageAfter = (from: number) => read({ ...span, after: from })
          yield* follow(after, { inbox, read: pageAfter, snapshots: () => live.snapshots(stream) }, ended)
        } finally {
          leave()
        }
      }),
    publish(stream, event) {
      if (closing !== undefined) return
      live.transient(stream, event)
      listeners.published(stream, event)
    },
    async head(stream) {
      alive()
      checkName(stream, 'stream name')
      return recent.head(stream) ?? (await store.head(stream))
    },
    async count(prefix) {
      alive()
      if (prefix !== '') checkName(prefix, 'prefix')
      return await store.count(prefix)
    },
    async heads(prefix, { limit, title, parent, archived } = {}) {
      alive()
      if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0))
        throw new Fault('invalid_input', `\`limit\` is a whole number from 1 on, not ${limit}.`)
      if (prefix !== '') checkName(prefix, 'prefix')
      // No store could be asked for it: SQLite ends a text at NUL, and libSQL the process at a lone surrogate.
      if (title !== undefined && (title.includes('\0') || !title.isWellFormed())) return []
      return await store.heads({
        prefix,
        ...(limit !== undefined && { limit }),
        ...(title !== undefined && { title }),
        ...(parent !== undefined && { parent }),
        ...(archived !== undefined && { archived }),
      })
    },
    feed: (prefix, { from, signal, openWork }) =>
      closable(signal, async function* (ended): AsyncGenerator<Head, void, undefined> {
        alive()
        checkSeq(from, '`from`')
        if (prefix !== '') checkName(prefix, 'prefix')
        const changes = createChanges()
        const leave = listeners.feed(prefix, changes)
        try {
          yield* feed(from, changes, () => store.heads({ prefix, ...(openWork && { openWork }) }), ended)
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
    async purge(stream) {
      alive()
      checkName(stream, 'stream name')
      const purging = purge(stream).finally(() => purges.delete(purging))
      purges.add(purging)
      await purging
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
      recent.clear()
      return await store.verify()
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
