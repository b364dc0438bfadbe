import type { Millis, World } from '@nacre/types'

/** A wait that may last `ms` from `startedAt` on; `Infinity` is for ever. */
type Due<Key> = { readonly key: Key; readonly startedAt: Millis; readonly ms: number }

/** Rings when a wait has lasted too long. */
export type Alarm<Key> = { set(due: Due<Key>): void; unset(): void; close(): void }

/**
 * One sleep for many waits, one after the other. A stream waits for each of its thousands of chunks, mostly for less than
 * a millisecond, and a timer for each would cost more than the chunk: so the sleep of an earlier wait goes on, and who
 * waits when it ends is looked at then.
 */
export function newAlarm<Key>(world: World, ring: (key: Key) => void): Alarm<Key> {
  let due: Due<Key> | undefined
  let sleeping: { readonly until: Millis; readonly stop: AbortController } | undefined

  const sleepFor = (armed: Due<Key>, ms: number) => {
    // A reason of one's own: without it an abort makes an error with its stack.
    sleeping?.stop.abort('over')
    const stop = new AbortController()
    sleeping = { until: world.now() + ms, stop }
    void world.sleep(ms, stop.signal).then(() => {
      if (stop.signal.aborted) return
      sleeping = undefined
      if (due === armed) ring(due.key)
      else if (due !== undefined) rearm(due)
    })
  }
  // Never longer than the wait itself, should the clock have been set back.
  const rearm = (later: Due<Key>) => {
    if (later.ms === Number.POSITIVE_INFINITY) return
    sleepFor(later, Math.min(later.ms, Math.max(0, later.startedAt + later.ms - world.now())))
  }

  return {
    set(next) {
      due = next
      if (sleeping === undefined || sleeping.until > next.startedAt + next.ms) rearm(next)
    },
    unset() {
      due = undefined
    },
    close: () => sleeping?.stop.abort('over'),
  }
}
