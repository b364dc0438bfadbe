import {
  addUse,
  applyUses,
  fold,
  type LiftedEvent,
  type NewSessionEvent,
  NO_USE,
  NO_USES,
  type StepFinished,
  type StepStarted,
  spentBySession,
  type Use,
  ZERO,
} from '@nacre/session'
import { stored } from '@nacre/session/testing'
import { inputId, sessionId, stepId, turnId, type Usage } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const usage: Usage = { inputTokens: 100, outputTokens: 20, cacheReadTokens: 60, reasoningTokens: 5 }
const spent = { microUsd: 7, tokens: 120 }

const started = (n: number, model = 'm'): NewSessionEvent => ({
  type: 'step.started',
  turn: turnId('t'),
  step: stepId(`t.${n}`),
  inputs: [inputId('t')],
  provider: 'p',
  model,
  reserved: { microUsd: 50, tokens: 500 },
})
const finished = (n: number, more: object = { usage, spent }): NewSessionEvent => ({
  type: 'step.finished',
  step: stepId(`t.${n}`),
  outcome: 'completed',
  parts: [],
  ...more,
})
const usesOf = (events: readonly LiftedEvent[]) => events.reduce(applyUses, NO_USES).rows

describe('what a session used', () => {
  test('is counted by day, provider and model', () => {
    const rows = usesOf(stored([started(1), finished(1), started(2), finished(2), started(3, 'other'), finished(3)]))
    expect(rows).toMatchObject([
      { day: '2023-11-14', provider: 'p', model: 'm', calls: 2, inputTokens: 200, cacheReadTokens: 120, microUsd: 14 },
      {
        day: '2023-11-14',
        provider: 'p',
        model: 'other',
        calls: 1,
        outputTokens: 20,
        reasoningTokens: 5,
        uncounted: 0,
      },
    ])
  })

  test('is of whoever answered, where the step asked one of several', () => {
    const by = { provider: 'vendor', model: 'small' }
    expect(usesOf(stored([started(1), finished(1, { usage, spent, by })]))).toMatchObject([by])
  })

  test('is what was reserved where nobody counted, and nothing where no call was made', () => {
    expect(usesOf(stored([started(1), finished(1, {})]))).toMatchObject([
      { calls: 1, uncounted: 1, microUsd: 50, inputTokens: 0 },
    ])
    expect(usesOf(stored([started(1), finished(1, { spent: ZERO })]))).toEqual([])
    expect(usesOf(stored([started(1)]))).toEqual([])
  })

  test('before a fork was used in the original; the end of a step that is not open is nothing', () => {
    const fork: NewSessionEvent = { type: 'session.forked', from: sessionId('a'), upTo: 9 }
    const copied = [started(1), finished(1), started(2), fork, finished(2)]
    expect(usesOf(stored(copied))).toEqual([])
    expect(usesOf(stored([started(1), finished(2)]))).toEqual([])
    expect(usesOf(stored([...copied, started(3), finished(3), finished(3)]))).toMatchObject([{ calls: 1, microUsd: 7 }])
  })

  test('is in money what budgets count as spent, however its steps ended', () => {
    const spend = fc.record({ microUsd: fc.nat(1000), tokens: fc.nat(1000) })
    const ends = fc.record({ usage: fc.constant(usage), spent: spend }, { requiredKeys: [] })
    const steps = fc.array(fc.record({ reserved: spend, end: ends, model: fc.constantFrom('m', 'n') }), {
      maxLength: 9,
    })
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 3 }), (turns) => {
        const events = turns.flatMap((calls, t): NewSessionEvent[] => [
          { type: 'turn.queued', input: inputId(`t${t}`), parts: [], mode: 'queue', by: 'x' },
          { type: 'turn.started', turn: turnId(`t${t}`) },
          ...calls.flatMap(({ reserved, end, model }, n) => {
            const step = stepId(`t${t}.${n + 1}`)
            return [
              { ...(started(0, model) as StepStarted), turn: turnId(`t${t}`), step, reserved },
              { ...(finished(0, end) as StepFinished), step },
            ]
          }),
          { type: 'turn.finished', turn: turnId(`t${t}`), outcome: 'completed' },
        ])
        const log = stored(events)
        expect(usesOf(log).reduce<Use>(addUse, NO_USE).microUsd).toBe(spentBySession(fold(log)).microUsd)
      }),
    )
  })
})
