/**
 * From push to pull: one consumer, a bounded number of items. `push` says whether there was room; `end` lets the
 * consumer finish what is queued; `fail` makes it throw after that.
 */
export type Queue<T> = AsyncIterableIterator<T> & {
  push(item: T): boolean
  /** Resolves when an item fits (or the queue has ended). */
  room(): Promise<void>
  end(): void
  fail(error: unknown): void
  readonly size: number
}

export function createQueue<T>(limit: number): Queue<T> {
  const items: T[] = []
  let ended = false
  let failure: { error: unknown } | undefined
  let wakeReader: (() => void) | undefined
  let wakeWriters: (() => void)[] = []

  const wake = () => {
    wakeReader?.()
    wakeReader = undefined
  }
  const freed = () => {
    const writers = wakeWriters
    wakeWriters = []
    for (const writer of writers) writer()
  }
  const end = () => {
    ended = true
    wake()
    freed()
  }

  return {
    push(item) {
      if (ended || items.length >= limit) return false
      items.push(item)
      wake()
      return true
    },
    room: () =>
      ended || items.length < limit ? Promise.resolve() : new Promise((resolve) => wakeWriters.push(resolve)),
    end,
    fail(error) {
      failure ??= { error }
      end()
    },
    get size() {
      return items.length
    },
    async next() {
      while (items.length === 0 && !ended) await new Promise<void>((resolve) => (wakeReader = resolve))
      const item = items.shift()
      freed()
      if (item !== undefined) return { done: false, value: item }
      if (failure) throw failure.error
      return { done: true, value: undefined }
    },
    async return() {
      items.length = 0
      end()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
