import type { World } from '@nacre/types'

/** A world that a test moves: time stands still until `advance`, ids count up, chance is a fixed sequence. */
export type FakeWorld = World & {
  /** Moves time on and wakes who slept until then, in order. */
  advance(ms: number): Promise<void>
  /** How many sleep right now. */
  readonly sleeping: number
}

export function fakeWorld(start = 1_700_000_000_000): FakeWorld {
  let now = start
  let ids = 0
  let seed = 1
  let sleepers: { at: number; wake: () => void }[] = []

  return {
    now: () => now,
    id: () => (++ids).toString(36).padStart(16, '0'),
    random: () => {
      seed = (seed * 16807) % 2147483647
      return seed / 2147483647
    },
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const sleeper = { at: now + ms, wake: resolve }
        sleepers.push(sleeper)
        const onAbort = () => {
          sleepers = sleepers.filter((other) => other !== sleeper)
          resolve()
        }
        signal?.addEventListener('abort', onAbort, { once: true })
      }),
    get sleeping() {
      return sleepers.length
    },
    async advance(ms) {
      const until = now + ms
      for (;;) {
        const next = sleepers.filter((sleeper) => sleeper.at <= until).toSorted((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        sleepers = sleepers.filter((sleeper) => sleeper !== next)
        now = next.at
        next.wake()
        await new Promise((resolve) => setImmediate(resolve))
      }
      now = until
    },
  }
}
