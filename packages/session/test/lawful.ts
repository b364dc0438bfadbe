import {
  type Call,
  fold,
  lastStep,
  type NewSessionEvent,
  nextCall,
  type SessionEvent,
  type SessionState,
  type Step,
} from '@nacre/session'
import { stored } from '@nacre/session/testing'
import { callId, commandId, inputId, stepId, turnId } from '@nacre/types'
import fc from 'fast-check'

/** What people and the engine do, in any order: commands may be nonsense, an engine only does what its fold allows. */
export const actionsArbitrary = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ by: fc.constant('engine' as const), choice: fc.nat(12) }) },
    { weight: 2, arbitrary: fc.record({ by: fc.constant('people' as const), event: commandArbitrary() }) },
  ),
  { maxLength: 80 },
)
type Action = { by: 'engine'; choice: number } | { by: 'people'; event: NewSessionEvent }

export function history(actions: readonly Action[]): SessionEvent[] {
  const events: SessionEvent[] = []
  let state = fold([])
  for (const action of actions) {
    const next = stored(action.by === 'people' ? [action.event] : engineDoes(state, action.choice), state.seq)
    events.push(...next)
    state = fold(next, state)
  }
  return events
}

const LATER = 9_000_000_000_000

function commandArbitrary(): fc.Arbitrary<NewSessionEvent> {
  const input = fc.constantFrom('a', 'b', 'c', 'd', 'e').map(inputId)
  const turn = fc.constantFrom('a', 'b', 'c', 'd', 'e').map(turnId)
  const call = fc.constantFrom('a.1.0', 'a.1.1', 'a.1.2', 'b.1.0').map(callId)
  const base = { command: fc.constantFrom('x', 'y', 'z', 'w').map(commandId), by: fc.constant('test') }
  const parts = fc.constant([{ type: 'text', text: 'hello' }] as const)
  return fc.oneof(
    fc.record({
      type: fc.constant('turn.queued' as const),
      input,
      parts,
      mode: fc.constantFrom('queue', 'steer', 'reject'),
      by: base.by,
    }),
    fc.record({ type: fc.constant('session.renamed' as const), title: fc.constantFrom('One', 'Two'), ...base }),
    fc.record({ type: fc.constant('session.archived' as const), archived: fc.boolean(), ...base }),
    fc.record({ type: fc.constant('turn.cancel_requested' as const), ...base }),
    fc.record({ type: fc.constant('turn.cancel_requested' as const), turn, ...base }),
    fc.record({
      type: fc.constant('approval.resolved' as const),
      call,
      hash: fc.constantFrom('h', 'g'),
      verdict: fc.constantFrom('approved', 'denied'),
      scope: fc.constantFrom('once', 'session', 'always'),
      ...base,
    }),
  )
}

function engineDoes(state: SessionState, choice: number): NewSessionEvent[] {
  const { open } = state
  if (open === undefined) {
    const input = state.queue[0]
    const turn = turnId(input?.input ?? '')
    return input ? [{ type: 'turn.started', turn }, stepStarted(turn, 1, [input.input])] : []
  }
  const step = lastStep(open)
  if (step && !step.end) return [stepFinished(step.step, choice)]
  if (open.cancelRequested) return [{ type: 'turn.finished', turn: open.turn, outcome: 'cancelled' }]
  const call = step && nextCall(step)
  if (call) return onCall(step, call, choice)
  if (choice % 3 === 0) return [{ type: 'turn.finished', turn: open.turn, outcome: 'completed' }]
  const steered = state.queue.filter((input) => input.mode === 'steer').map((input) => input.input)
  return [stepStarted(open.turn, open.steps.length + 1, steered)]
}

const stepStarted = (
  turn: ReturnType<typeof turnId>,
  n: number,
  inputs: ReturnType<typeof inputId>[],
): NewSessionEvent => ({
  type: 'step.started',
  turn,
  step: stepId(`${turn}.${n}`),
  inputs,
  provider: 'p',
  model: 'm',
})

function stepFinished(step: ReturnType<typeof stepId>, choice: number): NewSessionEvent {
  const calls = Array.from({ length: choice % 4 }, (_, n) => ({
    type: 'call' as const,
    call: callId(`${step}.${n}`),
    name: 'file_read',
    argsText: '{}',
  }))
  if (choice <= 9) return { type: 'step.finished', step, outcome: 'completed', parts: calls }
  const until = choice === 11 ? 1 : LATER
  return {
    type: 'step.finished',
    step,
    outcome: 'interrupted',
    parts: [],
    ...(choice > 10 && { fault: { code: 'busy', message: 'no room', until } }),
  }
}

function onCall(step: Step, { call, name, status }: Call, choice: number): NewSessionEvent[] {
  const finished = (outcome: 'ok' | 'denied'): NewSessionEvent[] => [
    { type: 'tool.finished', call, outcome, parts: [] },
  ]
  if (status.type === 'called' && choice % 2 === 0) return asked(step, choice)
  if (status.type === 'called' || status.type === 'approved') return [{ type: 'tool.started', call, name, epoch: 1 }]
  if (status.type === 'denied') return finished('denied')
  return status.type === 'started' ? finished('ok') : []
}

/** Asks about the next call, and at once about every second or every later one. */
function asked(step: Step, choice: number): NewSessionEvent[] {
  const open = step.calls.filter((other) => other.status.type === 'called')
  const chosen = open.filter((_, n) => n === 0 || n % (choice % 4 === 0 ? 2 : 1) === 0)
  const expiresAt = choice % 3 === 0 ? LATER : 1
  return chosen.map(({ call, name }) => ({
    type: 'approval.requested',
    call,
    name,
    hash: 'h',
    safety: 'privileged',
    expiresAt,
  }))
}
