import type { LogItem, Seq, Transient } from '@nacre/types'
import type { Weighed } from './store.js'

export const INBOX_LIMIT = { items: 256, bytes: 1024 * 1024 } as const

type Entry = { readonly item: LogItem; readonly bytes: number }

/**
 * What waits for one follower. Detached, it only remembers the newest seq that was announced; attached, it queues up to
 * INBOX_LIMIT. What does not fit detaches it and empties it: its follower reads on from the store, so that a stored
 * event is never lost and memory never grows.
 */
export function createInbox() {
  let entries: Entry[] = []
  let taken = 0
  let bytes = 0
  let attached = false
  let announced: Seq = 0
  let failure: unknown
  let wake: (() => void) | undefined

  const stir = () => {
    wake?.()
    wake = undefined
  }
  const empty = () => {
    entries = []
    taken = 0
    bytes = 0
  }
  const push = (entry: Entry) => {
    if (!attached) return
    bytes += entry.bytes
    if (entries.length - taken >= INBOX_LIMIT.items || bytes > INBOX_LIMIT.bytes) {
      attached = false
      empty()
    } else entries.push(entry)
    stir()
  }

  return {
    /** The newest seq that the follower must reach before it may attach. */
    get announced() {
      return announced
    },
    get attached() {
      return attached
    },
    stored({ event, bytes }: Weighed): void {
      announced = event.seq
      push({ item: { kind: 'stored', event }, bytes })
    },
    transient(event: Transient, bytes: number): void {
      push({ item: { kind: 'transient', event }, bytes })
    },
    /** Something was stored up to `seq` that only the store can tell. */
    behind(seq: Seq): void {
      announced = seq
      attached = false
      empty()
      stir()
    },
    fail(error: unknown): void {
      failure ??= error
      empty()
      stir()
    },
    attach(): void {
      attached = true
    },
    /** The next item, or undefined when there is none now. Throws what the inbox failed with. */
    take(): LogItem | undefined {
      if (failure !== undefined) throw failure
      const entry = entries[taken]
      if (entry === undefined) return undefined
      bytes -= entry.bytes
      if (++taken === entries.length) empty()
      return entry.item
    },
    /** Resolves when something has changed. */
    changed: (): Promise<void> =>
      new Promise((resolve) => {
        wake = resolve
      }),
    stir,
  }
}
export type Inbox = ReturnType<typeof createInbox>
