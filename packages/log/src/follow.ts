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

/**
 * From disk until nothing newer was announced, then from the inbox; when that overflowed, from disk again. The check that
 * nothing newer was announced, the attaching and the snapshots happen with no await between them: that closes the gap.
 */
export async function* follow(
  after: Seq,
  ports: FollowPorts,
  signal: AbortSignal,
): AsyncGenerator<LogItem, void, undefined> {
  const { inbox, read, snapshots } = ports
  let cursor = after
  let told = false
  signal.addEventListener('abort', inbox.stir, { once: true })

  while (!signal.aborted) {
    for (let end = false; !end || cursor < inbox.announced; ) {
      const page = await orAborted(read(cursor), signal)
      if (page === 'aborted') return
      end = page.end
      for (const event of page.events) {
        cursor = event.seq
        yield { kind: 'stored', event }
        if (signal.aborted) return
      }
      // Without a turn of the event loop between pages, a long history is one long block: a message port goes on to the
      // next answer in the same turn if it is quick enough.
      if (!end) await turnOfLoop()
    }
    inbox.attach()
    const said = snapshots()
    if (!told) yield { kind: 'live' }
    told = true
    for (const event of said) {
      if (signal.aborted) return
      yield { kind: 'transient', event }
    }
    while (!signal.aborted) {
      const item = inbox.take()
      if (item === undefined) {
        if (!inbox.attached) break
        await inbox.changed()
        continue
      }
      if (item.kind === 'stored') {
        if (item.event.seq <= cursor) continue
        cursor = item.event.seq
      }
      yield item
    }
  }
}

const turnOfLoop = () => new Promise<void>((resolve) => setImmediate(resolve))
