import type { NewSessionEvent } from '@nacre/session'
import { callId, commandId, inputId, stepId, turnId } from '@nacre/types'
import fc from 'fast-check'

/** Events with few ids, so that they meet: most sequences are nonsense in places, and the fold must judge them. */
export const eventsArbitrary = (maxLength = 60) => fc.array(eventArbitrary, { maxLength })

const input = fc.constantFrom('a', 'b', 'c', 'd').map(inputId)
const turn = fc.constantFrom('a', 'b', 'c', 'd').map(turnId)
const step = fc.constantFrom('a.1', 'a.2', 'b.1', 'c.1').map(stepId)
const call = fc.constantFrom('a.1.0', 'a.1.1', 'b.1.0').map(callId)
const command = fc.constantFrom('x', 'y').map(commandId)
const parts = fc.string({ maxLength: 80 }).map((text) => [{ type: 'text', text }] as const)
const by = fc.constant('test')
const calls = fc
  .subarray(['a.1.0', 'a.1.1', 'b.1.0'])
  .map((ids) => ids.map((id) => ({ type: 'call', call: callId(id), name: 'file_read', argsText: '{}' }) as const))

const eventArbitrary: fc.Arbitrary<NewSessionEvent> = fc.oneof(
  fc.record({
    type: fc.constant('turn.queued' as const),
    input,
    parts,
    mode: fc.constantFrom('queue', 'steer', 'reject'),
    by,
  }),
  fc.record({ type: fc.constant('turn.cancel_requested' as const), command, by }),
  fc.record({ type: fc.constant('turn.cancel_requested' as const), command, turn, by }),
  fc.record({ type: fc.constant('turn.started' as const), turn }),
  fc.record({
    type: fc.constant('step.started' as const),
    turn,
    step,
    inputs: fc.uniqueArray(input, { maxLength: 2 }),
    provider: by,
    model: by,
  }),
  fc.record({
    type: fc.constant('step.finished' as const),
    step,
    outcome: fc.constantFrom('completed', 'interrupted', 'cancelled', 'failed'),
    parts: calls,
  }),
  fc.record({ type: fc.constant('tool.started' as const), call, name: by, epoch: fc.nat(3) }),
  fc.record({
    type: fc.constant('tool.finished' as const),
    call,
    outcome: fc.constantFrom('ok', 'denied', 'unknown'),
    parts,
  }),
  fc.record({
    type: fc.constant('approval.requested' as const),
    call,
    name: by,
    hash: fc.constantFrom('h', 'g'),
    safety: fc.constant('privileged' as const),
    expiresAt: fc.constantFrom(1_700_000_030_000, 1_800_000_000_000),
  }),
  fc.record({
    type: fc.constant('approval.resolved' as const),
    command,
    call,
    hash: fc.constantFrom('h', 'g'),
    verdict: fc.constantFrom('approved', 'denied'),
    scope: fc.constantFrom('once', 'session', 'always'),
    by,
  }),
  fc.record({
    type: fc.constant('turn.finished' as const),
    turn,
    outcome: fc.constantFrom('completed', 'cancelled', 'failed'),
  }),
  fc.record({
    type: fc.constant('session.renamed' as const),
    title: fc.constantFrom('One', 'Two'),
    by,
    command: command,
  }),
  fc.record({ type: fc.constant('session.archived' as const), archived: fc.boolean(), by, command: command }),
  fc.record({ type: fc.constant('session.claimed' as const), epoch: fc.nat(5), engine: by }),
)
