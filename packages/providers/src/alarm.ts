import type { Millis, World } from '@nacre/types'

/** Rings when a wait has lasted too long. */
export type Alarm = {
  /** A wait that may last `ms` from `startedAt` on; `Infinity` is for ever. */
  set(startedAt: Millis, ms: number): void
  unset(): void
  close(): void
}

/**
 * One sleep for many waits, one after the other. A stream waits for each of its thousands of chunks, mostly for less than
 * a millisecond, and a timer for each would cost more than the chunk: so the sleep of an earlier wait goes on, and who
 * waits when it ends is looked at then.
 */
export function newAlarm(world: World, ring: () => void): Alarm {
  let waiting = false
  let startedAt = 0
  let longestMs = 0
  /** The number of this wait. */
  let nth = 0
  let sleepsUntil = Number.POSITIVE_INFINITY
  let sleep: AbortController | undefined

  function sleepFor(ms: number): void {
    // A reason of one's own: without it an abort makes an error with its stack.
    sleep?.abort('over')
    const own = new AbortController()
    const armed = nth
    sleep = own
    sleepsUntil = world.now() + ms
    void world.sleep(ms, own.signal).then(() => {
      if (own.signal.aborted) return
      sleepsUntil = Number.POSITIVE_INFINITY
      if (!waiting) return
      if (nth === armed) ring()
      else rearm()
    })
  }
  // Never longer than the wait itself, should the clock have been set back.
  const rearm = () => sleepFor(Math.min(longestMs, Math.max(0, startedAt + longestMs - world.now())))

  return {
    set(at, ms) {
      waiting = true
      startedAt = at
      longestMs = ms
      nth += 1
      if (at + ms < sleepsUntil) rearm()
    },
    unset() {
      waiting = false
    },
    close: () => sleep?.abort('over'),
  }
}
