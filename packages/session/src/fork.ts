import type { Seq, SessionId } from '@nacre/types'
import type { NewSessionEvent } from './event.js'
import { lastStep, type SessionState } from './state.js'

/** What closes, in a copy of `state`, everything that only the original can go on with. */
export function closeFork(state: SessionState, from: SessionId, upTo: Seq): readonly NewSessionEvent[] {
  return [{ type: 'session.forked', from, upTo }, ...closing(state)]
}

function closing({ open, queue }: SessionState): NewSessionEvent[] {
  const withdrawn = queue.map(
    (input): NewSessionEvent => ({
      type: 'turn.cancel_requested',
      command: `fork-${input.input}` as never,
      turn: input.input as never,
      by: 'fork',
    }),
  )
  if (open === undefined) return withdrawn
  const step = lastStep(open)
  const events: NewSessionEvent[] = []
  if (step && !step.end) events.push({ type: 'step.finished', step: step.step, outcome: 'interrupted', parts: [] })
  for (const call of step?.calls ?? []) {
    if (call.status.type === 'finished') continue
    events.push({
      type: 'tool.finished',
      call: call.call,
      outcome: 'interrupted',
      parts: [{ type: 'text', text: 'Not finished in this fork.' }],
    })
  }
  return [...events, { type: 'turn.finished', turn: open.turn, outcome: 'cancelled' }, ...withdrawn]
}
