import { Fault, type Millis, type World } from '@nacre/types'
import { Alarm } from './alarm.js'

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

type LineOptions = {
  readonly where: string
  readonly clocks: Clocks
  readonly world: World
  /** The caller's. */
  readonly signal: AbortSignal
}

/** A call's line to the network: one abort for it, and clocks for its waits, one at a time. */
export class Line {
  readonly #options: LineOptions
  readonly #closing = new AbortController()
  readonly #alarm: Alarm
  readonly #cut: (fault: Fault) => void
  #fail: (fault: Fault) => void
  /** The clock that runs now, and what is left of it and of the total. */
  #key: keyof Clocks = 'firstByteMs'
  #leftMs: number
  #totalLeftMs: number
  #startedAt: Millis | undefined

  /** `cut` is told when a clock runs out or the caller takes the call back, unless a `wait` ends by it. */
  constructor(options: LineOptions, cut: (fault: Fault) => void = () => {}) {
    const { clocks, world, signal } = options
    this.#options = options
    this.#cut = cut
    this.#fail = cut
    this.#leftMs = clocks.firstByteMs
    this.#totalLeftMs = clocks.totalMs
    this.#alarm = new Alarm(world, () => this.#runOut())
    signal.addEventListener('abort', this.#cancel, { once: true })
  }

  /** Aborted when the call is over, however it ended. */
  get signal(): AbortSignal {
    return this.#closing.signal
  }

  /** The network is waited for from here on: on the clock of the first byte until `chunkCame`, then between chunks. */
  start(): void {
    const startedAt = this.#options.world.now()
    this.#startedAt = startedAt
    this.#alarm.set(startedAt, Math.max(0, Math.min(this.#leftMs, this.#totalLeftMs)))
  }

  stop(): void {
    if (this.#startedAt === undefined) return
    this.#alarm.unset()
    // A clock on the wall that was put back gives nothing back.
    const spentMs = Math.max(0, this.#options.world.now() - this.#startedAt)
    this.#startedAt = undefined
    this.#leftMs -= spentMs
    this.#totalLeftMs -= spentMs
  }

  /** A piece of the answer is here, which stops the clock as well. */
  chunkCame(): void {
    this.stop()
    this.#key = 'betweenChunksMs'
    this.#leftMs = this.#options.clocks.betweenChunksMs
  }

  /** Waits for `work`: until it is done, a clock runs out or the caller takes the call back. */
  async wait<T>(work: Promise<T>): Promise<T> {
    if (this.signal.aborted) {
      work.catch(() => {}) // Nobody waits for it any more.
      throw cancelled(this.#options.where)
    }
    this.start()
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#fail = reject
        work.then(resolve, reject)
      })
    } finally {
      this.#fail = this.#cut
      this.stop()
    }
  }

  close(): void {
    this.#options.signal.removeEventListener('abort', this.#cancel)
    this.#alarm.close()
    this.#closing.abort()
  }

  readonly #cancel = () => this.#end(cancelled(this.#options.where))

  #runOut(): void {
    const { where, clocks } = this.#options
    const key = this.#totalLeftMs < this.#leftMs ? 'totalMs' : this.#key
    this.#end(timedOut(where, key, clocks[key]))
  }

  #end(fault: Fault): void {
    this.#closing.abort()
    this.#fail(fault)
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
