/**
 * An iterator that `open` is asked for with the first `next`; asked no more, it is not opened at all. Behind it a value
 * takes no promise more.
 */
export function lazyIterator<T>(open: () => Promise<AsyncIterator<T>>): AsyncIterableIterator<T> {
  let opening: Promise<AsyncIterator<T>> | undefined
  let opened: AsyncIterator<T> | undefined
  async function first(): Promise<IteratorResult<T>> {
    try {
      opening ??= open()
      opened = await opening
    } catch (error) {
      opened = NOTHING
      throw error
    }
    return opened.next()
  }
  return {
    next: () => (opened === undefined ? first() : opened.next()),
    async return() {
      opening ??= Promise.resolve(NOTHING)
      opened = await opening.catch(() => NOTHING)
      return (await opened.return?.()) ?? DONE
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

const DONE = { done: true, value: undefined } as const
const NOTHING: AsyncIterator<never> = { next: async () => DONE }
