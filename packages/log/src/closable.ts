import { OVER } from '@nacre/kit'

/**
 * An iterable over what `run` yields that ends as soon as `signal` aborts or its consumer leaves. A bare async generator
 * would not: its `return()` waits behind a pending `next()`, and that one waits for an event that may never come.
 */
export function closable<T>(
  signal: AbortSignal,
  run: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => iterate(signal, run) }
}

function iterate<T>(
  outer: AbortSignal,
  run: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
): AsyncIterator<T> {
  const inner = new AbortController()
  const items = run(inner.signal)
  const abort = () => inner.abort(OVER)
  // By hand, since AbortSignal.any() would stay registered with a long-lived signal.
  outer.addEventListener('abort', abort, { once: true })
  if (outer.aborted) abort()
  const leave = () => outer.removeEventListener('abort', abort)

  return {
    async next() {
      try {
        const result = await items.next()
        if (result.done) leave()
        return result
      } catch (error) {
        leave()
        throw error
      }
    },
    async return() {
      abort()
      leave()
      return items.return()
    },
  }
}
