import type { Millis, World } from '@nacre/types'

/** Tells when times have come, one a name. Looks at the clock once an hour too, since it may be set. */
export type Alarm<Name> = {
  /** Replaces the name's time, or takes it away. */
  set(name: Name, at: Millis | undefined): void
  readonly done: Promise<void>
}

const HOUR_MS = 3_600_000

export function createAlarm<Name>(world: World, signal: AbortSignal, onDue: (name: Name) => void): Alarm<Name> {
  const times = new Map<Name, Millis>()
  let changed = new AbortController()

  const run = async () => {
    while (!signal.aborted) {
      const now = world.now()
      for (const [name, at] of times) {
        if (at > now) continue
        times.delete(name)
        onDue(name)
      }
      changed = new AbortController()
      const next = Math.min(HOUR_MS, ...[...times.values()].map((at) => at - now))
      await world.sleep(next, AbortSignal.any([signal, changed.signal]))
    }
  }

  return {
    set(name, at) {
      if (times.get(name) === at) return
      if (at === undefined) times.delete(name)
      else times.set(name, at)
      if (at !== undefined) changed.abort()
    },
    // Not before whoever makes it has it.
    done: Promise.resolve().then(run),
  }
}
