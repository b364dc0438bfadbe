import { Fault } from '@nacre/types'

/** Between opening and closing: work is refused after the close, and the close waits for work. */
export type Life = {
  /** Runs `work`, also turning a throw at its start into a rejection; Fault `closed` once closing has begun. */
  during<T>(work: () => Promise<T>): Promise<T>
  /** Aborts `signal`, waits for all work, then releases. The second call waits for the first. */
  close(): Promise<void>
  readonly signal: AbortSignal
}

export function createLife(release: () => Promise<void>): Life {
  const closing = new AbortController()
  const pending = new Set<Promise<unknown>>()
  let closed: Promise<void> | undefined

  // A descriptor that is closed under running work may be somebody else's file a moment later.
  const end = async () => {
    closing.abort()
    await Promise.allSettled(pending)
    await release()
  }
  return {
    signal: closing.signal,
    async during(work) {
      if (closed !== undefined) throw new Fault('closed', 'The workspace is closed')
      const running = work()
      pending.add(running)
      try {
        return await running
      } finally {
        pending.delete(running)
      }
    },
    close: () => (closed ??= end()),
  }
}
