import { Fault, type World } from '@nacre/types'
import { newAlarm } from './alarm.js'

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
  const left = newBudget(clocks)
  let fail: ((fault: Fault) => void) | undefined

  const end = (fault: Fault) => {
    closing.abort()
    fail?.(fault)
  }
  const cancel = () => end(cancelled(where))
  const alarm = newAlarm(world, (key: keyof Clocks) => end(timedOut(where, key, clocks[key])))
  signal.addEventListener('abort', cancel, { once: true })

  async function wait<T>(work: Promise<T>): Promise<T> {
    if (signal.aborted) {
      work.catch(() => {}) // Nobody waits for it any more.
      throw cancelled(where)
    }
    const startedAt = world.now()
    alarm.set({ ...left.next(), startedAt })
    try {
      return await new Promise<T>((resolve, reject) => {
        fail = reject
        work.then(resolve, reject)
      })
    } finally {
      fail = undefined
      alarm.unset()
      // A clock on the wall that was put back gives nothing back.
      left.spend(Math.max(0, world.now() - startedAt))
    }
  }
  const close = () => {
    signal.removeEventListener('abort', cancel)
    alarm.close()
    closing.abort()
  }
  return { signal: closing.signal, wait, chunkCame: left.chunkCame, close }
}

/** What is left of the clocks: of the one that runs now, and of the total. */
function newBudget(clocks: Clocks) {
  let key: keyof Clocks = 'firstByteMs'
  let leftMs = clocks.firstByteMs
  let totalLeftMs = clocks.totalMs
  return {
    next: (): { key: keyof Clocks; ms: number } =>
      totalLeftMs < leftMs ? { key: 'totalMs', ms: totalLeftMs } : { key, ms: leftMs },
    spend: (ms: number) => {
      leftMs = Math.max(0, leftMs - ms)
      totalLeftMs = Math.max(0, totalLeftMs - ms)
    },
    chunkCame: () => {
      key = 'betweenChunksMs'
      leftMs = clocks.betweenChunksMs
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
