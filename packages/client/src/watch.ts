import type { LogItem, Seq } from '@nacre/types'
import type { ConnectionStatus, SessionItem } from './port.js'

const QUEUE_ITEMS = 512
const QUEUE_CHARS = 4 * 1024 * 1024

/** One consumer of a session: its cursor, and what it has not taken yet. */
export type Watch = AsyncIterableIterator<SessionItem, undefined, undefined> & {
  readonly cursor: Seq
  /** True from when its queue was full until it is empty: what comes meanwhile is dropped, and asked for again. */
  readonly behind: boolean
  /** Takes one item of the subscription; `chars` is what it weighs. */
  take(item: LogItem, chars: number): void
  status(status: ConnectionStatus): void
  end(): void
  /** It throws this after what is queued. */
  fail(error: unknown): void
}

export type WatchEvents = {
  readonly onBehind: () => void
  /** The queue of a watch that was behind is empty. */
  readonly onCaughtUp: () => void
  readonly onLeave: () => void
}

export function createWatch(after: Seq, signal: AbortSignal, events: WatchEvents): Watch {
  let queue: { item: LogItem; chars: number }[] = []
  let chars = 0
  let cursor = after
  let live = false
  let behind = false
  let ended = false
  /** Nothing can come behind what was told. */
  let over = false
  let failure: { error: unknown } | undefined
  // Only the newest one is worth telling, and it needs no room in the queue.
  let status: ConnectionStatus | undefined
  let wake: (() => void) | undefined

  const stir = () => {
    wake?.()
    wake = undefined
  }
  const isNews = (item: LogItem) =>
    item.kind === 'stored' ? item.event.seq > cursor : item.kind === 'live' ? !live : true
  const finish = (): IteratorResult<SessionItem, undefined> => {
    const thrown = ended || over ? undefined : failure
    end()
    if (thrown !== undefined) throw thrown.error
    return { done: true, value: undefined }
  }
  const end = () => {
    if (ended) return
    ended = true
    queue = []
    signal.removeEventListener('abort', end)
    events.onLeave()
    stir()
  }
  signal.addEventListener('abort', end, { once: true })
  const shift = (): LogItem | undefined => {
    const entry = queue.shift()
    chars -= entry?.chars ?? 0
    if (queue.length === 0 && behind) {
      behind = false
      events.onCaughtUp()
    }
    return entry?.item
  }

  return {
    get cursor() {
      return cursor
    },
    get behind() {
      return behind
    },
    take(item, weight) {
      if (behind || ended || !isNews(item)) return
      if (queue.length > 0 && (queue.length >= QUEUE_ITEMS || chars + weight > QUEUE_CHARS)) {
        behind = true
        events.onBehind()
        return
      }
      if (item.kind === 'stored') cursor = item.event.seq
      if (item.kind === 'live') live = true
      queue.push({ item, chars: weight })
      chars += weight
      stir()
    },
    status(newest) {
      status = newest
      stir()
    },
    end,
    fail(error) {
      failure ??= { error }
      stir()
    },
    async next() {
      for (;;) {
        if (ended || over) return finish()
        if (status !== undefined) {
          const item: SessionItem = { kind: 'connection', status }
          status = undefined
          return { done: false, value: item }
        }
        const item = shift()
        if (item !== undefined) {
          over = item.kind === 'stored' && item.event.type === 'session.deleted'
          return { done: false, value: item }
        }
        if (failure !== undefined) return finish()
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
    async return() {
      end()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
