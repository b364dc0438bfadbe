import { fold, foldLedger, hasWork, headOf, type NewSessionEvent, type TurnOutcome } from '@nacre/session'
import { stored } from '@nacre/session/testing'
import { callId, commandId, inputId, sessionId, streamName, turnId, userId } from '@nacre/types'
import { expect, test } from 'vitest'

const copy = streamName(userId('alice'), sessionId('copy'))

test("a fork of a delegate is nobody's delegate in its head, too", () => {
  const parent = { session: sessionId('s1'), call: callId('a.1.0'), root: sessionId('s1'), depth: 1 }
  const events: NewSessionEvent[] = [
    { type: 'session.created', title: 'find it', agent: 'helper', parent },
    {
      type: 'turn.queued',
      input: inputId('goal'),
      parts: [{ type: 'text', text: 'find it' }],
      mode: 'queue',
      by: 'delegate',
    },
    { type: 'session.forked', from: sessionId('d-1'), upTo: 2 },
    { type: 'turn.cancel_requested', command: commandId('fork-goal'), turn: 'goal' as never, by: 'fork' },
  ]
  const state = fold(stored(events))
  expect(hasWork(state, 0)).toBe(false)
  const head = headOf(undefined, copy, stored(events))
  expect(head?.openWork).toBe(false)
  expect(head?.parent).toBeUndefined()
})

test('a head says that the last turn failed, until the next one starts', () => {
  const queued = (input: string): NewSessionEvent => ({
    type: 'turn.queued',
    input: inputId(input),
    parts: [{ type: 'text', text: 'go' }],
    mode: 'queue',
    by: 'me',
  })
  const started = (turn: string): NewSessionEvent => ({ type: 'turn.started', turn: turnId(turn) })
  const finished = (turn: string, outcome: TurnOutcome): NewSessionEvent => ({
    type: 'turn.finished',
    turn: turnId(turn),
    outcome,
  })
  const after = (...events: NewSessionEvent[]) => headOf(undefined, copy, stored(events))?.failed
  const failed = [queued('a'), started('a'), finished('a', 'failed')]
  expect(after(...failed)).toBe(true)
  expect(after(...failed, queued('b'))).toBe(true)
  expect(after(...failed, queued('b'), started('b'))).toBeUndefined()
  expect(after(...failed, queued('b'), started('b'), finished('b', 'completed'))).toBeUndefined()
  for (const outcome of ['completed', 'cancelled', 'budget_exceeded'] as const)
    expect(after(queued('a'), started('a'), finished('a', outcome))).toBeUndefined()
  expect(after(queued('a'), started('a'), finished('other', 'failed'))).toBeUndefined()
})

test('approved for the session does not hold in its fork', () => {
  const asked: NewSessionEvent[] = [
    { type: 'turn.queued', input: inputId('a'), parts: [{ type: 'text', text: 'go' }], mode: 'queue', by: 'me' },
    { type: 'turn.started', turn: 'a' as never },
    {
      type: 'step.started',
      turn: 'a' as never,
      step: 'a.1' as never,
      inputs: [inputId('a')],
      provider: 'p',
      model: 'm',
    },
    {
      type: 'step.finished',
      step: 'a.1' as never,
      outcome: 'completed',
      parts: [{ type: 'call', call: callId('a.1.0'), name: 'rm', argsText: '{}' }],
    },
    { type: 'approval.requested', call: callId('a.1.0'), name: 'rm', hash: 'f'.repeat(64), safety: 'privileged' },
    {
      type: 'approval.resolved',
      command: commandId('y'),
      call: callId('a.1.0'),
      hash: 'f'.repeat(64),
      verdict: 'approved',
      scope: 'session',
      by: 'me',
    },
  ]
  expect(fold(stored(asked)).approved).toHaveLength(1)
  expect(fold(stored([...asked, { type: 'session.forked', from: sessionId('s1'), upTo: 6 }])).approved).toEqual([])
})

test('a fold of the ledger leaves the one that it began with as it was', () => {
  const approval = (verdict: 'approved' | 'denied'): NewSessionEvent => ({
    type: 'approval.resolved',
    command: commandId(verdict),
    call: callId('always'),
    hash: 'f'.repeat(64),
    verdict,
    scope: 'always',
    by: 'me',
  })
  const before = foldLedger(stored([approval('approved')]))
  expect(foldLedger(stored([approval('denied')], before.seq), before).approvals.size).toBe(0)
  expect(before.approvals.size).toBe(1)
})
