import type { ModelEvent } from '@nacre/types'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Answer, addPiece, finishAnswer, newAnswer } from '../dist/answer.js'
import { takeDeltas } from '../dist/deltas.js'
import type { Piece } from '../dist/piece.js'
import { joined } from './support.js'

const words = fc.constantFrom('a', ' b', '{"x":', '1}', '\ud83d', '\ude42', '')
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const piece: fc.Arbitrary<Piece> = fc.oneof(
  fc.record(
    {
      type: fc.constant('text' as const),
      text: words,
      slot: fc.nat(1),
      extra: fc.constantFrom({}, { signature: 'x' }),
    },
    { requiredKeys: ['type', 'text'] },
  ),
  fc.record({ type: fc.constant('refusal' as const), text: words }),
  fc
    .tuple(fc.constantFrom(0, 'message'), words, maybe(words), maybe(fc.constantFrom('reasoning.text', 'encrypted')))
    .map(([slot, text, field, type]) => ({
      type: 'reasoning' as const,
      slot,
      text,
      ...(field !== undefined && { extra: { field, [text]: 1 } }),
      ...(type !== undefined && { details: [{ type, index: 0, text }] }),
    })),
  fc
    .record({ input: maybe(fc.nat(9)), output: maybe(fc.nat(9)), cacheRead: maybe(fc.nat(9)) })
    .map((counts) => ({ type: 'usage' as const, counts })),
  fc.record({ type: fc.constant('reason' as const), reason: fc.constantFrom('stop' as const, 'length' as const) }),
)
const type = fc.constant('call' as const)
const index = fc.nat(1)
// As decoders make them: what belongs only to a call already begun names nothing.
const callPiece: fc.Arbitrary<Piece> = fc.oneof(
  fc.record(
    {
      type,
      index,
      id: fc.constantFrom('c1', 'c2'),
      name: fc.constantFrom('look', 'act'),
      args: words,
      wholeArgs: words,
    },
    { requiredKeys: ['type'] },
  ),
  fc.record({ type, index, args: words, onlyKnown: fc.constant(true as const) }),
)

function answered(batches: readonly (readonly Piece[])[]): readonly ModelEvent[] {
  const answer = newAnswer('vendor')
  const events = batches.flatMap((pieces) => eventsOf(answer, pieces))
  finishAnswer(answer)
  return joined([...events, ...takeDeltas(answer.deltas)])
}

function eventsOf(answer: Answer, pieces: readonly Piece[]): readonly ModelEvent[] {
  for (const one of pieces) addPiece(answer, one)
  return takeDeltas(answer.deltas)
}

test('pieces that came together make the same answer as one by one', () => {
  const batch = fc.oneof(fc.array(piece, { maxLength: 8 }), fc.array(callPiece, { maxLength: 8 }))
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 5 }), (batches) => {
      expect(answered(batches)).toEqual(answered(batches.flat().map((one) => [one])))
    }),
    { numRuns: 2000 },
  )
})

test('arguments without an index go to the last call, not to the one before them', () => {
  const named = (id: string, name: string): Piece => ({ type: 'call', id, name })
  const pieces: Piece[] = [
    named('c1', 'look'),
    named('c2', 'act'),
    { type: 'call', id: 'c1', args: '{}' },
    { type: 'call', args: '{"x":1}' },
  ]
  expect(eventsOf(newAnswer('vendor'), pieces)).toEqual([
    { type: 'args', index: 0, name: 'look', text: '{}' },
    { type: 'args', index: 1, name: 'act', text: '{"x":1}' },
  ])
})

test('words that came together are one event, whatever counts are between them', () => {
  const counted = (text: string, output: number): Piece[] => [
    { type: 'text', text },
    { type: 'usage', counts: { input: 20, output } },
  ]
  const answer = newAnswer('vendor')
  expect(eventsOf(answer, [...counted('a', 1), ...counted(' b', 2), ...counted(' c', 3)])).toEqual([
    { type: 'text', text: 'a b c' },
  ])
  expect(eventsOf(answer, counted(' d', 4))).toEqual([{ type: 'text', text: ' d' }])
})
