import { Fault, type Millis, type World } from '@nacre/types'
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

/** A call's line to the network: one abort for it, and clocks for its waits, one at a time. */
export type Line = {
  /** Aborted when the call is over, however it ended. */
  readonly signal: AbortSignal
  /** The network is waited for from here on: on the clock of the first byte until `chunkCame`, then between chunks. */
  start(): void
  stop(): void
  /** A piece of the answer is here, which stops the clock as well. */
  chunkCame(): void
  /** Waits for `work`: until it is done, a clock runs out or the caller takes the call back. */
  wait<T>(work: Promise<T>): Promise<T>
  close(): void
}

/** `cut` is told when a clock runs out or the caller takes the call back, unless a `wait` ends by it. */
export function openLine(
  options: { where: string; clocks: Clocks; world: World; signal: AbortSignal },
  cut: (fault: Fault) => void = () => {},
): Line {
  const { where, clocks, world, signal } = options
  const closing = new AbortController()
  let fail = cut
  const end = (fault: Fault) => {
    closing.abort()
    fail(fault)
  }
  const cancel = () => end(cancelled(where))
  const watch = newWatch(clocks, world, (key) => end(timedOut(where, key, clocks[key])))
  signal.addEventListener('abort', cancel, { once: true })

  async function wait<T>(work: Promise<T>): Promise<T> {
    if (closing.signal.aborted) {
      work.catch(() => {}) // Nobody waits for it any more.
      throw cancelled(where)
    }
    watch.start()
    try {
      return await new Promise<T>((resolve, reject) => {
        fail = reject
        work.then(resolve, reject)
      })
    } finally {
      fail = cut
      watch.stop()
    }
  }
  const close = () => {
    signal.removeEventListener('abort', cancel)
    watch.close()
    closing.abort()
  }
  return { ...watch, signal: closing.signal, wait, close }
}

/** The clocks of one call: the one that runs now, and that of the total. */
function newWatch(clocks: Clocks, world: World, ring: (key: keyof Clocks) => void) {
  let key: keyof Clocks = 'firstByteMs'
  let leftMs = clocks.firstByteMs
  let totalLeftMs = clocks.totalMs
  let startedAt: Millis | undefined
  const alarm = newAlarm(world, () => ring(totalLeftMs < leftMs ? 'totalMs' : key))

  function start(): void {
    startedAt = world.now()
    alarm.set(startedAt, Math.max(0, Math.min(leftMs, totalLeftMs)))
  }
  function stop(): void {
    if (startedAt === undefined) return
    alarm.unset()
    // A clock on the wall that was put back gives nothing back.
    const spentMs = Math.max(0, world.now() - startedAt)
    startedAt = undefined
    leftMs -= spentMs
    totalLeftMs -= spentMs
  }
  function chunkCame(): void {
    stop()
    key = 'betweenChunksMs'
    leftMs = clocks.betweenChunksMs
  }
  return { start, stop, chunkCame, close: alarm.close }
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
