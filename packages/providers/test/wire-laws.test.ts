import { type AnswerPart, callId, type JsonObject, type Message } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ASK, bytesFetch, partsOf, run, speaking, sse, textOf, WIRE_NAMES, type WireName } from './support.js'

/** What holds on every wire, whatever is said. */

type Said = { text: readonly string[]; calls: readonly { name: string; pieces: readonly string[] }[] }

const item = (type: string, output_index: number, value: object) => ({ type, output_index, item: value })
const anthropicBlock = (index: number, content_block: object, deltas: readonly object[]) => [
  { type: 'content_block_start', index, content_block },
  ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
  { type: 'content_block_stop', index },
]
const anthropic = ({ text, calls }: Said) =>
  sse(
    { type: 'message_start', message: {} },
    ...anthropicBlock(
      0,
      { type: 'text', text: '' },
      text.map((one) => ({ type: 'text_delta', text: one })),
    ),
    ...calls.flatMap(({ name, pieces }, at) =>
      anthropicBlock(
        at + 1,
        { type: 'tool_use', id: `id${at}`, name, input: {} },
        pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
      ),
    ),
    { type: 'message_delta', delta: { stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn' } },
    { type: 'message_stop' },
  )
const choice = (delta: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason }],
})
const gemini = (parts: readonly object[], more: object = {}) => ({ candidates: [{ content: { parts }, ...more }] })
const lines = (...values: readonly object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')
const whole = (pieces: readonly string[]): JsonObject => JSON.parse(pieces.join(''))

/** The same answer, as each vendor would send it. */
const STREAMS: Record<WireName, (said: Said) => string> = {
  'openai-chat': ({ text, calls }) =>
    sse(
      ...text.map((content) => choice({ content })),
      ...calls.flatMap(({ name, pieces }, index) => [
        choice({ tool_calls: [{ index, id: `id${index}`, function: { name, arguments: '' } }] }),
        ...pieces.map((piece) => choice({ tool_calls: [{ index, function: { arguments: piece } }] })),
      ]),
      choice({}, calls.length > 0 ? 'tool_calls' : 'stop'),
      '[DONE]',
    ),
  'openai-responses': ({ text, calls }) =>
    sse(
      ...text.map((delta) => ({ type: 'response.output_text.delta', output_index: 0, delta })),
      ...calls.flatMap(({ name, pieces }, at) => {
        const call = { type: 'function_call', call_id: `id${at}`, name, arguments: '' }
        return [
          item('response.output_item.added', at + 1, call),
          ...pieces.map((delta) => ({ type: 'response.function_call_arguments.delta', output_index: at + 1, delta })),
          item('response.output_item.done', at + 1, { ...call, arguments: pieces.join('') }),
        ]
      }),
      { type: 'response.completed', response: { status: 'completed', output: [] } },
    ),
  'anthropic-messages': anthropic,
  'anthropic-vertex': anthropic,
  gemini: ({ text, calls }) =>
    sse(
      ...text.map((one) => gemini([{ text: one }])),
      ...calls.map(({ name, pieces }, at) => gemini([{ functionCall: { id: `id${at}`, name, args: whole(pieces) } }])),
      gemini([], { finishReason: 'STOP' }),
    ),
  'ollama-chat': ({ text, calls }) =>
    lines(
      ...text.map((content) => ({ message: { content }, done: false })),
      ...calls.map(({ name, pieces }, at) => ({
        message: { content: '', tool_calls: [{ id: `id${at}`, function: { name, arguments: whole(pieces) } }] },
        done: false,
      })),
      { message: { content: '' }, done: true, done_reason: 'stop' },
    ),
  'cohere-v2': ({ text, calls }) =>
    sse(
      ...text.map((one) => ({ type: 'content-delta', index: 0, delta: { message: { content: { text: one } } } })),
      ...calls.flatMap(({ name, pieces }, index) =>
        ['', ...pieces].map((piece, at) => ({
          type: at === 0 ? 'tool-call-start' : 'tool-call-delta',
          index,
          delta: {
            message: {
              tool_calls: {
                ...(at === 0 ? { id: `id${index}` } : {}),
                function: { ...(at === 0 ? { name } : {}), arguments: piece },
              },
            },
          },
        })),
      ),
      { type: 'message-end', delta: { finish_reason: calls.length > 0 ? 'TOOL_CALL' : 'COMPLETE' } },
    ),
}

/** A text cut into pieces, between halves of a character too. */
const pieces = (text: fc.Arbitrary<string>) =>
  fc.tuple(text, fc.array(fc.nat({ max: 30 }), { maxLength: 4 })).map(([whole, cuts]) => {
    const ends = [...cuts, whole.length].map((cut) => Math.min(cut, whole.length)).toSorted((a, b) => a - b)
    return ends.map((to, at) => whole.slice(ends[at - 1] ?? 0, to)).filter((piece) => piece !== '')
  })
const args = fc.dictionary(
  fc.string({ unit: 'grapheme' }),
  fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean()),
)
const said: fc.Arbitrary<Said> = fc.record({
  text: pieces(fc.string({ unit: 'grapheme', maxLength: 30 })),
  calls: fc.array(
    fc.record({ name: fc.constantFrom('add', 'look'), pieces: pieces(args.map((one) => JSON.stringify(one))) }),
    { maxLength: 3 },
  ),
})

describe.each(WIRE_NAMES)('over %s', (wire) => {
  test('an answer is what was said, in whatever pieces and bytes it came', async () => {
    await fc.assert(
      fc.asyncProperty(said, fc.array(fc.nat({ max: 400 }), { maxLength: 8 }), async (answer, cuts) => {
        const body = Buffer.from(STREAMS[wire](answer))
        const inside = cuts.filter((cut) => cut < body.length)
        const outcome = await run(speaking(wire, bytesFetch(body, { cuts: inside })))
        const text = answer.text.join('')
        expect([textOf(outcome.events), outcome.fault]).toEqual([text, undefined])
        expect(partsOf(outcome, 'text').map((part) => part.text)).toEqual(text === '' ? [] : [text])
        expect(partsOf(outcome, 'call').map(({ call, name, argsText }) => [call, name, JSON.parse(argsText)])).toEqual(
          answer.calls.map((call, at) => [`id${at}`, call.name, whole(call.pieces)]),
        )
        expect(outcome.finished?.reason).toBe(answer.calls.length > 0 ? 'tool_calls' : 'stop')
        for (const event of outcome.events) if ('text' in event) expect(event.text.isWellFormed()).toBe(true)
      }),
    )
  })

  test('a request pairs every result with its call, and is JSON without half characters', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (messages) => {
        const fetch = bytesFetch('')
        await run(speaking(wire, fetch), { ...ASK, messages })
        const text = fetch.requests[0]?.body ?? ''
        expect(text).not.toMatch(/\\ud[89a-f]/i)
        const { calls, results, roles } = pairsIn(JSON.parse(text))
        expect(results).toEqual(calls)
        if (/anthropic|gemini/.test(wire))
          for (const [at, role] of roles.entries()) expect(role).not.toBe(roles[at - 1])
      }),
    )
  })
})

const word = fc.string({ unit: fc.constantFrom('a', ' ', '\ud83d', '\ude42', '"', '\n', 'ü'), maxLength: 8 })
const answer = fc.record({
  parts: fc.array(
    fc.oneof(
      word.map((text): AnswerPart => ({ type: 'text', text })),
      word.map((text): AnswerPart => ({ type: 'reasoning', text, extra: { from: 'vendor', signature: 's' } })),
      fc.constant<AnswerPart>({ type: 'server', name: 'x', extra: { from: 'other', block: { type: 'x' } } }),
    ),
    { maxLength: 3 },
  ),
  calls: fc.array(word, { maxLength: 3 }),
})
const history: fc.Arbitrary<readonly Message[]> = fc.array(fc.oneof(word, answer), { maxLength: 8 }).map((turns) =>
  turns.flatMap((turn, n): Message[] => {
    if (typeof turn === 'string') return [{ role: 'user', parts: [{ type: 'text', text: turn }] }]
    const ids = turn.calls.map((_, at) => callId(`t.${n}.${at}`))
    const calls = turn.calls.map(
      (argsText, at) => ({ type: 'call', call: ids[at] ?? callId('x'), name: 'add', argsText }) as const,
    )
    const results = ids.map(
      (call) => ({ call, name: 'add', parts: [{ type: 'text', text: 'ok' }], isError: false }) as const,
    )
    const said: Message = { role: 'assistant', parts: [...turn.parts, ...calls] }
    return results.length === 0 ? [said] : [said, { role: 'tool', results }]
  }),
)

/** The calls and results of a body, in order, by whatever names they are tied: ids, or with Gemini their places. */
function pairsIn(body: JsonObject) {
  const calls: unknown[] = []
  const results: unknown[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const {
      type,
      role,
      id,
      call_id,
      tool_use_id,
      tool_call_id,
      functionCall,
      functionResponse,
      function: fn,
    } = value as JsonObject
    if (type === 'tool_use') calls.push(id)
    else if (type === 'function_call') calls.push(call_id)
    else if (fn !== undefined) calls.push(id)
    else if (functionCall !== undefined) calls.push('place')
    if (type === 'tool_result') results.push(tool_use_id)
    else if (type === 'function_call_output') results.push(call_id)
    else if (role === 'tool') results.push(tool_call_id)
    else if (functionResponse !== undefined) results.push('place')
    for (const inner of Object.values(value)) visit(inner)
  }
  const turns = (body.messages ?? body.contents ?? body.input) as { role?: string }[]
  visit(turns)
  return { calls, results, roles: turns.map((turn) => turn.role) }
}
