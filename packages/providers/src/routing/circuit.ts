import type { Millis } from '@nacre/types'

/** Whether a provider is asked at all. After failures in a row it is left alone for a while, then one call tries it. */
export type Circuit =
  | { readonly type: 'closed'; readonly failures: number }
  | { readonly type: 'open'; readonly untilMs: Millis }
  | { readonly type: 'probing'; readonly by: number }

export const CLOSED: Circuit = { type: 'closed', failures: 0 }

const FAILURES = 5
const OPEN_MS = 30_000
/** How long to wait for the outcome of somebody else's probe. */
const PROBE_MS = 1000

/** The circuit once call `id` is on its way, or until when none may be. */
export function passCircuit(circuit: Circuit, id: number, now: Millis): Passed {
  if (circuit.type === 'closed') return { type: 'passed', circuit }
  if (circuit.type === 'probing') return { type: 'refused', untilMs: now + PROBE_MS }
  if (now < circuit.untilMs) return { type: 'refused', untilMs: circuit.untilMs }
  return { type: 'passed', circuit: { type: 'probing', by: id } }
}
type Passed =
  | { readonly type: 'passed'; readonly circuit: Circuit }
  | { readonly type: 'refused'; readonly untilMs: Millis }

/** `alive`: it answered, be it with a refusal; `down`: it did not; `unknown`: nobody waited for it. */
export function settleCircuit(circuit: Circuit, id: number, sign: 'alive' | 'down' | 'unknown', now: Millis): Circuit {
  if (sign === 'alive') return CLOSED
  const probe = circuit.type === 'probing' && circuit.by === id
  if (sign === 'unknown') return probe ? { type: 'open', untilMs: now } : circuit
  if (circuit.type === 'closed')
    return circuit.failures + 1 < FAILURES
      ? { type: 'closed', failures: circuit.failures + 1 }
      : { type: 'open', untilMs: now + OPEN_MS }
  return probe ? { type: 'open', untilMs: now + OPEN_MS } : circuit
}
