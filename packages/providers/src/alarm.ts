import type { Millis, World } from '@nacre/types'

/**
 * Rings when a wait has lasted too long. It sleeps once for many waits, one after the other: a stream waits for each of
 * its thousands of chunks, mostly for less than a millisecond, and a timer for each would cost more than the chunk. So
 * the sleep of an earlier wait goes on, and who waits when it ends is looked at then.
 */
export class Alarm {
  readonly #world: World
  readonly #ring: () => void
  #waiting = false
  #startedAt = 0
  #longestMs = 0
  /** The number of this wait. */
  #nth = 0
  #sleepsUntil = Number.POSITIVE_INFINITY
  #sleep: AbortController | undefined

  constructor(world: World, ring: () => void) {
    this.#world = world
    this.#ring = ring
  }

  /** A wait that may last `ms` from `startedAt` on; `Infinity` is for ever. */
  set(startedAt: Millis, ms: number): void {
    this.#waiting = true
    this.#startedAt = startedAt
    this.#longestMs = ms
    this.#nth += 1
    if (startedAt + ms < this.#sleepsUntil) this.#rearm()
  }

  unset(): void {
    this.#waiting = false
  }

  close(): void {
    // A reason of one's own: without it an abort makes an error with its stack.
    this.#sleep?.abort('over')
  }

  /** Never longer than the wait itself, should the clock have been set back. */
  #rearm(): void {
    const left = this.#startedAt + this.#longestMs - this.#world.now()
    void this.#sleepFor(Math.min(this.#longestMs, Math.max(0, left)))
  }

  async #sleepFor(ms: number): Promise<void> {
    this.close()
    const sleep = new AbortController()
    const armedBy = this.#nth
    this.#sleep = sleep
    this.#sleepsUntil = this.#world.now() + ms
    await this.#world.sleep(ms, sleep.signal)
    if (sleep.signal.aborted) return
    this.#sleepsUntil = Number.POSITIVE_INFINITY
    if (!this.#waiting) return
    if (this.#nth === armedBy) this.#ring()
    else this.#rearm()
  }
}
