import type { NewEvent } from '@nacre/types'
import fc from 'fast-check'

/** Events of a session with few ids, in orders that make sense and in orders that do not. */
const id = fc.constantFrom('a', 'b', 'c')
const text = (words: string) => [{ type: 'text', text: words }]
const of = (type: string, fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<NewEvent> =>
  fc.record({ type: fc.constant(type), ...fields }) as fc.Arbitrary<NewEvent>
const parts = fc.string().map(text)
const by = fc.constant('test')

export const sessionEvents: fc.Arbitrary<NewEvent> = fc.oneof(
  of('session.created', { title: fc.string(), agent: id }),
  of('turn.queued', { input: id, parts, mode: fc.constantFrom('queue', 'steer', 'reject'), by }),
  of('turn.cancel_requested', { command: id, turn: id, by }),
  of('turn.cancel_requested', { command: id, by }),
  of('turn.started', { turn: id }),
  of('turn.finished', { turn: id, outcome: fc.constant('completed') }),
  of('step.started', { turn: id, step: id, inputs: fc.array(id, { maxLength: 2 }), provider: by, model: by }),
  of('step.finished', {
    step: id,
    outcome: fc.constantFrom('completed', 'interrupted'),
    parts: fc.array(
      id.map((call) => ({ type: 'call', call, name: 'n', argsText: '{}' })),
      { maxLength: 2 },
    ),
  }),
  of('approval.requested', { call: id, name: by, safety: fc.constant('privileged') }),
  of('approval.resolved', { command: id, call: id, verdict: fc.constantFrom('approved', 'denied'), by }),
  of('question.asked', { question: id, call: id, parts }),
  of('question.answered', { command: id, question: id, parts, by }),
  of('tool.started', { call: id, name: by, epoch: fc.constant(1) }),
  of('tool.finished', { call: id, outcome: fc.constant('ok'), parts }),
  of('notice.posted', { level: fc.constant('info'), text: fc.string() }),
  of('from.the.future', { any: fc.jsonValue() }),
)
