import { orAborted } from '@nacre/kit'
import type { StepSnapshot } from '@nacre/session'
import type { LogItem, Page, Seq } from '@nacre/types'
import type { Inbox } from './inbox.js'

export type FollowPorts = {
  readonly inbox: Inbox
  /** A page of what is stored after `after`. */
  readonly read: (after: Seq) => Promise<Page>
  readonly snapshots: () => readonly StepSnapshot[]
}

/** From the store until nothing newer was announced, then from the inbox; when that overflowed, from the store again. */
export async function* follow(
  after: Seq,
  ports: FollowPorts,
  signal: AbortSignal,
): AsyncGenerator<LogItem, void, undefined> {
  const cursor: Cursor = { seq: after }
  let told = false
  signal.addEventListener('abort', ports.inbox.stir, { once: true })
  while (!signal.aborted) {
    const said = yield* fromStore(cursor, ports, signal)
    if (signal.aborted) return
    if (!told) yield { kind: 'live' }
    told = true
    for (const event of said) {
      if (signal.aborted) return
      yield { kind: 'transient', event }
    }
    yield* fromInbox(cursor, ports.inbox, signal)
  }
}

/** The last event that was told. */
type Cursor = { seq: Seq }

/**
 * What is stored, up to the newest that was announced; returns what the open steps have said by then. The last look at
 * what was announced, the attaching and the snapshots stand together with no await between them (nor the end of a
 * generator, which is one): that closes the gap.
 */
async function* fromStore(
  cursor: Cursor,
  { inbox, read, snapshots }: FollowPorts,
  signal: AbortSignal,
): AsyncGenerator<LogItem, readonly StepSnapshot[], undefined> {
  for (let end = false; !end || cursor.seq < inbox.announced; ) {
    const page = await orAborted(read(cursor.seq), signal)
    if (page === 'aborted') return []
    end = page.end
    for (const event of page.events) {
      cursor.seq = event.seq
      yield { kind: 'stored', event }
      if (signal.aborted) return []
    }
    // Without a turn of the event loop between pages, a long history is one long block: a message port goes on to the
    // next answer in the same turn if it is quick enough.
    if (!end) await turnOfLoop()
  }
  inbox.attach()
  return snapshots()
}

/** What comes, until the inbox has overflowed. */
async function* fromInbox(cursor: Cursor, inbox: Inbox, signal: AbortSignal): AsyncGenerator<LogItem, void, undefined> {
  while (!signal.aborted) {
    const item = inbox.take()
    if (item === undefined) {
      if (!inbox.attached) return
      await inbox.changed()
    } else if (item.kind !== 'stored') {
      yield item
    } else if (item.event.seq > cursor.seq) {
      cursor.seq = item.event.seq
      yield item
    }
  }
}

const turnOfLoop = () => new Promise<void>((resolve) => setImmediate(resolve))
