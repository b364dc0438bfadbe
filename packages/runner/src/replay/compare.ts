import { isDeepStrictEqual } from 'node:util'
import type { LiftedEvent, NewSessionEvent } from '@nacre/session'

/**
 * What differs between two runs that do the same: clocks, prices and limits, which are not in the log, and the ids that
 * are made from a session's own.
 */
const INCIDENTAL: Readonly<Partial<Record<NewSessionEvent['type'], readonly string[]>>> = {
  'step.started': ['reserved', 'last'],
  'step.finished': ['spent', 'usage'],
  'approval.requested': ['expiresAt'],
}

/** An event as it is compared: what was recorded and what was made are equal where these are. */
export function comparable(event: NewSessionEvent | LiftedEvent): Readonly<Record<string, unknown>> {
  const { seq: _, at: __, v: ___, ...fields } = { seq: 0, at: 0, v: 0, ...event }
  const left = { ...(JSON.parse(JSON.stringify(fields)) as Record<string, unknown>) }
  for (const name of INCIDENTAL[event.type as NewSessionEvent['type']] ?? []) delete left[name]
  // How far a call had come when it was cut off is told by a clock.
  if (left.type === 'tool.finished' && left.outcome === 'interrupted') delete left.parts
  if (left.type === 'question.asked' && left.delegate !== undefined) delete left.question
  return left
}

export const isSame = (made: NewSessionEvent, recorded: LiftedEvent): boolean =>
  isDeepStrictEqual(comparable(made), comparable(recorded))
