import type { Millis } from '@nacre/types'
import { type CallEnd, enter, type Gate, type GateLimits, leave, OPEN_GATE, type Refusal } from './gate.js'

/** The gates of all providers. Everything that asks the same accounts shares one of these. */
export type Gates = {
  /** Synchronous: of any number that ask at once no more get in than there is room for. */
  enter(provider: string, tokens: number): Pass | { readonly type: 'refused'; readonly refusal: Refusal }
}
/** A place in a gate. `leave` counts the first time. */
export type Pass = { readonly type: 'entered'; leave(end: CallEnd): void }

/** Gates by the providers' names; one that is not named has no limits but its circuit. */
export function openGates(limits: ReadonlyMap<string, GateLimits>, world: { now(): Millis }): Gates {
  const gates = new Map<string, Gate>()
  const gateOf = (provider: string) => gates.get(provider) ?? OPEN_GATE
  return {
    enter(provider, tokens) {
      const limit = limits.get(provider) ?? {}
      const entry = enter(gateOf(provider), limit, tokens, world.now())
      if (entry.type === 'refused') return entry
      gates.set(provider, entry.gate)
      return {
        type: 'entered',
        leave: (end) => void gates.set(provider, leave(gateOf(provider), limit, entry.id, end, world.now())),
      }
    },
  }
}
