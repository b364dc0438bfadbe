import type { World } from '@nacre/client'

type Sleeper = { readonly until: number; readonly wake: () => void }

/** A world whose clock moves when it is told to, and not before. */
export function fakeWorld() {
  let now = 1_000_000
  let ids = 0
  let sleepers: Sleeper[] = []
  const wakeDue = () => {
    const due = sleepers.filter(({ until }) => until <= now).toSorted((a, b) => a.until - b.until)
    sleepers = sleepers.filter(({ until }) => until > now)
    for (const { wake } of due) wake()
  }
  const world: World = {
    now: () => now,
    id: () => `id${++ids}`,
    random: () => 0.5,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        sleepers.push({ until: now + ms, wake: resolve })
        signal?.addEventListener('abort', () => resolve(), { once: true })
      }),
  }
  return {
    world,
    /** Whoever waited for this moment goes on, and whatever that makes happen has happened. */
    async pass(ms: number): Promise<void> {
      now += ms
      wakeDue()
      await settled()
    },
  }
}

/** Everything that was only waiting for its turn has had it. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
