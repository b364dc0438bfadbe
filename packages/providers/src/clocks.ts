import { Fault, type World } from '@nacre/types'

/**
 * How long the network may keep us waiting, in milliseconds; `Infinity` is for ever. The clocks stand still while
 * the consumer works. `connectMs` is the transport's, see `undiciFetch`.
 */
export type Clocks = {
  /** From the request to the first byte of the answer. */
  readonly firstByteMs: number
  /** Between two pieces of the answer. */
  readonly betweenChunksMs: number
  /** All waits of one call together. */
  readonly totalMs: number
}

/** Generous: a reasoning model may say nothing for minutes. */
export const DEFAULT_CLOCKS: Clocks = { firstByteMs: 600_000, betweenChunksMs: 300_000, totalMs: 3_600_000 }

/** A call's line to the network: one abort for it, and waits that end by the answer, a clock or the caller. */
export type Line = {
  /** Aborted when the call is over, however it ended. */
  readonly signal: AbortSignal
  /** Waits for `work`, on the clock of the first byte until `chunkCame` was called, then between chunks. */
  wait<T>(work: Promise<T>): Promise<T>
  chunkCame(): void
  close(): void
}

export function openLine(options: { where: string; clocks: Clocks; world: World; signal: AbortSignal }): Line {
  const { where, clocks, world, signal } = options
  const closing = new AbortController()
  let fail: ((fault: Fault) => void) | undefined
  let clock = { key: 'firstByteMs' as keyof Clocks, leftMs: clocks.firstByteMs }
  let totalLeftMs = clocks.totalMs

  const end = (fault: Fault) => {
    closing.abort()
    fail?.(fault)
  }
  const cancel = () => end(cancelled(where))
  signal.addEventListener('abort', cancel, { once: true })

  async function wait<T>(work: Promise<T>): Promise<T> {
    // Whatever becomes of work that nobody waits for any more.
    work.catch(() => {})
    if (signal.aborted) throw cancelled(where)
    const startedAt = world.now()
    const timer = new AbortController()
    const key = totalLeftMs < clock.leftMs ? 'totalMs' : clock.key
    const leftMs = Math.min(totalLeftMs, clock.leftMs)
    try {
      return await new Promise<T>((resolve, reject) => {
        fail = reject
        work.then(resolve, reject)
        if (leftMs === Number.POSITIVE_INFINITY) return
        void world.sleep(leftMs, timer.signal).then(() => {
          if (!timer.signal.aborted) end(timedOut(where, key, clocks[key]))
        })
      })
    } finally {
      fail = undefined
      timer.abort()
      const waitedMs = world.now() - startedAt
      clock.leftMs = Math.max(0, clock.leftMs - waitedMs)
      totalLeftMs = Math.max(0, totalLeftMs - waitedMs)
    }
  }

  return {
    signal: closing.signal,
    wait,
    chunkCame: () => {
      clock = { key: 'betweenChunksMs', leftMs: clocks.betweenChunksMs }
    },
    close: () => {
      signal.removeEventListener('abort', cancel)
      closing.abort()
    },
  }
}

/** The fault of a call that its caller took back. */
export const cancelled = (where: string) => new Fault('cancelled', `The call to ${where} was cancelled.`)

const WORDS: Record<keyof Clocks, string> = {
  firstByteMs: 'the first byte of the answer did not come',
  betweenChunksMs: 'the next piece of the answer did not come',
  totalMs: 'the answer did not end',
}

const timedOut = (where: string, key: keyof Clocks, limitMs: number) =>
  new Fault('timeout', `${where}: ${WORDS[key]} within ${limitMs} ms of waiting for the network (clock ${key}).`, {
    retry: 'now',
    mend: `If the model may take longer, raise clocks.${key}; otherwise see whether the server and the way to it are up.`,
  })
