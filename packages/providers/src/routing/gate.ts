import type { Millis } from '@nacre/types'
import { type Circuit, CLOSED, passCircuit, settleCircuit } from './circuit.js'
import { type Quota, refundUse, reserve, settleUse, type Used, windowEnd } from './quota.js'

/** What one provider may be asked: so many calls at once, so much in a window. */
export type GateLimits = { readonly concurrent?: number; readonly quotas?: readonly Quota[] }

/** One provider's gate. `calls` are the ids of the calls that are on their way; `used` goes with the quotas by place. */
export type Gate = {
  readonly next: number
  readonly calls: readonly number[]
  readonly used: readonly Used[]
  readonly circuit: Circuit
  /** The provider asked to be left alone until then. */
  readonly blockedUntil: Millis
}

export const OPEN_GATE: Gate = { next: 1, calls: [], used: [], circuit: CLOSED, blockedUntil: 0 }

export type Entry =
  | { readonly type: 'entered'; readonly gate: Gate; readonly id: number }
  | { readonly type: 'refused'; readonly refusal: Refusal }
export type Refusal =
  | { readonly type: 'slots'; readonly concurrent: number; readonly untilMs: Millis }
  | { readonly type: 'quota'; readonly quota: Quota; readonly untilMs: Millis }
  | { readonly type: 'blocked' | 'circuit'; readonly untilMs: Millis }

/** How a call ended, as far as a gate cares. */
export type CallEnd =
  /** `tokens`, if they were counted. */
  | { readonly type: 'answered'; readonly tokens?: number }
  /** Nobody waited for its end. */
  | { readonly type: 'left' }
  /** `limited`: too much was asked of it; `down`: it did not answer; `refused`: it answered, and would not do that. */
  | { readonly type: 'limited' | 'down' | 'refused'; readonly seen: boolean; readonly afterMs?: number }

/** When a slot gets free nobody knows. */
const SLOT_MS = 1000
/** A provider that says `too much` and not for how long is left alone for this. */
export const BLOCKED_MS = 5000

/** Lets a call of an estimated number of tokens in, with a slot and its quota reserved at once, or says until when not. */
export function enter(gate: Gate, { concurrent, quotas = [] }: GateLimits, tokens: number, now: Millis): Entry {
  const refused = (refusal: Refusal): Entry => ({ type: 'refused', refusal })
  const id = gate.next
  if (now < gate.blockedUntil) return refused({ type: 'blocked', untilMs: gate.blockedUntil })
  const passed = passCircuit(gate.circuit, id, now)
  if (passed.type === 'refused') return refused({ type: 'circuit', untilMs: passed.untilMs })
  if (concurrent !== undefined && gate.calls.length >= concurrent)
    return refused({ type: 'slots', concurrent, untilMs: now + SLOT_MS })
  const used: Used[] = []
  for (const [at, quota] of quotas.entries()) {
    const reserved = reserve(quota, gate.used[at] ?? [], id, quota.counts === 'tokens' ? tokens : 1, now)
    if (reserved.type === 'full') return refused({ type: 'quota', quota, untilMs: reserved.untilMs })
    used.push(reserved.used)
  }
  const { circuit } = passed
  return { type: 'entered', id, gate: { ...gate, next: id + 1, calls: [...gate.calls, id], used, circuit } }
}

/** Gives the slot back, settles or refunds the quota. A call that has left already leaves nothing behind. */
export function leave(gate: Gate, { quotas = [] }: GateLimits, id: number, end: CallEnd, now: Millis): Gate {
  if (!gate.calls.includes(id)) return gate
  const sign = end.type === 'left' ? 'unknown' : end.type === 'down' ? 'down' : 'alive'
  const used = quotas.map((quota, at) => settled(quota, gate.used[at] ?? [], id, end))
  return {
    ...gate,
    calls: gate.calls.filter((call) => call !== id),
    used,
    circuit: settleCircuit(gate.circuit, id, sign, now),
    blockedUntil:
      end.type === 'limited'
        ? Math.max(gate.blockedUntil, blockedBy(end.afterMs, quotas, used, now))
        : gate.blockedUntil,
  }
}

function settled({ counts }: Quota, used: Used, id: number, end: CallEnd): Used {
  if ('seen' in end && !end.seen) return refundUse(used, id)
  const reserved = used.find((use) => use.id === id)?.amount ?? 0
  const counted = counts === 'tokens' && end.type === 'answered' ? end.tokens : undefined
  return settleUse(used, id, counted ?? reserved)
}

/** As long as the provider asks for, else until the window ends that ends first: one of them it must have meant. */
function blockedBy(afterMs: number | undefined, quotas: readonly Quota[], used: readonly Used[], now: Millis): Millis {
  if (afterMs !== undefined) return now + afterMs
  const ends = quotas.flatMap((quota, at) => windowEnd(quota, used[at] ?? [], now) ?? [])
  return Math.max(now + BLOCKED_MS, ends.length === 0 ? 0 : Math.min(...ends))
}
