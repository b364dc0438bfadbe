import { Fault, type Fence, type SessionId } from '@nacre/types'

/** Effects in the order of their epochs: what is begun under a lower epoch is over before a higher one goes on. */
export type Fences = {
  /**
   * Runs `work` unless its epoch is lower than the highest seen for the session (Fault `stale_epoch`), after every
   * effect of a lower epoch has ended. `stale` aborts, with a Fault, when a higher epoch comes: `work` must then end.
   */
  run<T>(fence: Fence, work: (stale: AbortSignal) => Promise<T>): Promise<T>
}

type Effect = { readonly fence: Fence; readonly abort: (reason: Fault) => void; readonly over: Promise<void> }

export function createFences(): Fences {
  const highest = new Map<SessionId, number>()
  const effects = new Set<Effect>()

  const admit = (fence: Fence) => {
    const known = highest.get(fence.session) ?? fence.epoch
    if (fence.epoch < known) throw staleFault(fence, known)
    highest.set(fence.session, fence.epoch)
  }
  const lower = (fence: Fence) =>
    [...effects].filter((other) => other.fence.session === fence.session && other.fence.epoch < fence.epoch)

  return {
    async run(fence, work) {
      admit(fence)
      for (const { abort, fence: old } of lower(fence)) abort(staleFault(old, fence.epoch))
      await Promise.all(lower(fence).map((effect) => effect.over))
      admit(fence) // a still higher epoch may have come while we waited
      const stale = new AbortController()
      const { promise: over, resolve } = Promise.withResolvers<void>()
      const effect = { fence, abort: (reason: Fault) => stale.abort(reason), over }
      effects.add(effect)
      try {
        return await work(stale.signal)
      } finally {
        effects.delete(effect)
        resolve()
      }
    },
  }
}

const staleFault = (fence: Fence, known: number) =>
  new Fault('stale_epoch', `Epoch ${fence.epoch} of session ${fence.session} is over; ${known} has begun`)
