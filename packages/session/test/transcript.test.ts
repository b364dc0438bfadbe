import { applyItem, EMPTY_TRANSCRIPT, type NewSessionEvent, type TransientEvent } from '@nacre/session'
import { stored } from '@nacre/session/testing'
import { inputId, type LogItem, stepId, turnId } from '@nacre/types'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const step = stepId('a.1')
const opening: NewSessionEvent[] = [
  { type: 'turn.queued', input: inputId('a'), parts: [{ type: 'text', text: 'hi' }], mode: 'queue', by: 'test' },
  { type: 'turn.started', turn: turnId('a') },
  { type: 'step.started', turn: turnId('a'), step, inputs: [inputId('a')], provider: 'p', model: 'm' },
]
const items = (events: readonly NewSessionEvent[], after = 0): LogItem[] =>
  stored(events, after).map((event) => ({ kind: 'stored', event }))
const say = (event: TransientEvent): LogItem => ({ kind: 'transient', event })
const run = (all: readonly LogItem[]) => all.reduce(applyItem, EMPTY_TRANSCRIPT)

test('deltas that come twice, overlap or leave holes never make a text that was not said', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.array(fc.tuple(fc.nat(40), fc.nat(10))), (whole, cuts) => {
      const deltas = cuts.map(([offset, length]) =>
        say({ type: 'text.delta', step, offset, text: whole.slice(offset, offset + length) }),
      )
      const { live } = run([...items(opening), ...deltas])
      expect(whole.startsWith(live[0]?.text ?? '')).toBe(true)
      const snapshot = say({ type: 'step.snapshot', step, text: whole, reasoning: '', args: [] })
      expect(run([...items(opening), ...deltas, snapshot]).live[0]?.text).toBe(whole)
    }),
  )
})

test('a delta of an unknown or finished step is dropped', () => {
  const finished: NewSessionEvent = { type: 'step.finished', step, outcome: 'interrupted', parts: [] }
  const late = say({ type: 'text.delta', step, offset: 0, text: 'ghost' })
  expect(run([late]).live).toEqual([])
  expect(run([...items(opening), late, ...items([finished], 9), late]).live).toEqual([])
})
