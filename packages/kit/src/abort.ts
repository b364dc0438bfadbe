/** The reason of an abort that only ends something: without one an error is made, with its stack, that nobody looks at. */
export const OVER = 'over'

/**
 * Waits for `work`, but not beyond the signal: then resolves to `'aborted'`, and what the work comes to is ignored.
 * The caller still owns the work's end.
 */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | 'aborted'> {
  if (signal.aborted) {
    work.catch(() => undefined)
    return Promise.resolve('aborted')
  }
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve('aborted')
    const settle = <Value>(end: (value: Value) => void) => {
      return (value: Value) => {
        signal.removeEventListener('abort', onAbort)
        end(value)
      }
    }
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(settle(resolve), settle(reject))
  })
}
