import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openLines } from '../dist/ndjson.js'
import { bytesFetch, partsOf, run, speaking, sse, textOf } from './support.js'

const lines = (...values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')
const ollama = (...values: readonly unknown[]) => run(speaking('ollama-chat', bytesFetch(lines(...values))))
const say = (message: object, more: object = {}) => ({
  model: 'm',
  message: { role: 'assistant', ...message },
  done: false,
  ...more,
})
const END = say({ content: '' }, { done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 2 })

describe('an answer of Ollama', () => {
  test('has thoughts, text, whole calls and counts', async () => {
    const outcome = await ollama(
      say({ content: '', thinking: 'Hm' }),
      say({ content: '', thinking: 'm.' }),
      say({ content: 'Hi' }),
      say({
        content: '',
        tool_calls: [{ function: { name: 'a', arguments: { x: 1 } } }, { function: { name: 'a', arguments: {} } }],
      }),
      END,
    )
    expect(outcome.finished).toEqual({
      type: 'finished',
      reason: 'tool_calls',
      parts: [
        { type: 'reasoning', text: 'Hmm.', extra: { from: 'vendor' } },
        { type: 'text', text: 'Hi' },
        { type: 'call', call: 'call_0', name: 'a', argsText: '{"x":1}' },
        { type: 'call', call: 'call_1', name: 'a', argsText: '{}' },
      ],
      usage: { inputTokens: 3, outputTokens: 2 },
    })
  })

  test('ends at its limit, by an error, or is cut', async () => {
    expect((await ollama(say({ content: 'Hi' }), { ...END, done_reason: 'length' })).finished?.reason).toBe('length')
    expect((await ollama(say({ content: 'Hi' }), { error: 'out of memory' })).fault).toMatchObject({
      code: 'provider_error',
    })
    expect((await ollama(say({ content: 'Hi' }))).fault?.code).toBe('stream_cut')
    const whole = lines(say({ content: 'Hi' }), END)
    expect((await run(speaking('ollama-chat', bytesFetch(whole.trimEnd())))).finished?.reason).toBe('stop')
    expect((await run(speaking('ollama-chat', bytesFetch(whole.slice(0, -2))))).fault?.code).toBe('stream_cut')
  })

  test('that is no JSON is a fault that says it', async () => {
    const { fault } = await run(speaking('ollama-chat', bytesFetch(`${lines(say({ content: 'Hi' }))}{boom\n`)))
    expect(fault?.code).toBe('provider_error')
    expect(fault?.message).toContain('{boom')
  })
})

test('lines of JSON are the same however they are split', async () => {
  const value = fc.record({ text: fc.string({ unit: 'grapheme' }) })
  await fc.assert(
    fc.asyncProperty(
      fc.array(value, { maxLength: 5 }),
      fc.array(fc.nat({ max: 200 })),
      fc.constantFrom('\n', '\r\n', '\n\n'),
      async (values, cuts, end) => {
        const bytes = new TextEncoder().encode(values.map((one) => JSON.stringify(one) + end).join(''))
        const ends = [...cuts, bytes.length].map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b)
        const chunks = ends.map((to, at) => bytes.subarray(ends[at - 1] ?? 0, to))
        const seen: unknown[] = []
        const reader = openLines('here', (line) => seen.push(JSON.parse(line)))
        for (const chunk of chunks) reader.feed(chunk)
        reader.end()
        expect(seen).toEqual(values)
      },
    ),
  )
})

const cohere = (...events: readonly unknown[]) => run(speaking('cohere-v2', bytesFetch(sse(...events))))
const event = (type: string, message: object, more: object = {}) => ({ type, delta: { message }, ...more })
const messageEnd = (finish_reason: string, more: object = {}) => ({
  type: 'message-end',
  delta: { finish_reason, ...more },
})

describe('an answer of Cohere', () => {
  test('has thoughts, a plan, text and parallel calls', async () => {
    const fn = (args: string, more: object = {}) => ({
      tool_calls: { ...more, function: { arguments: args, ...(more as { fn?: object }).fn } },
    })
    const outcome = await cohere(
      event('content-start', { content: { type: 'thinking', thinking: '' } }, { index: 0 }),
      event('content-delta', { content: { thinking: 'Hmm.' } }, { index: 0 }),
      event('tool-plan-delta', { tool_plan: 'I will ' }),
      event('tool-plan-delta', { tool_plan: 'add.' }),
      event('tool-call-start', fn('', { id: 'a1', fn: { name: 'add' } }), { index: 0 }),
      event('tool-call-start', fn('', { id: 'b2', fn: { name: 'add' } }), { index: 1 }),
      event('tool-call-delta', fn('{"a":'), { index: 0 }),
      event('tool-call-delta', fn('1}'), { index: 0 }),
      event('tool-call-delta', fn('{"a":2}'), { index: 1 }),
      messageEnd('TOOL_CALL', {
        usage: { billed_units: { input_tokens: 1 }, tokens: { input_tokens: 9, output_tokens: 4 }, cached_tokens: 2 },
      }),
    )
    expect(outcome.finished).toMatchObject({
      reason: 'tool_calls',
      parts: [
        { type: 'reasoning', text: 'Hmm.', extra: { from: 'vendor', field: 'thinking' } },
        { type: 'reasoning', text: 'I will add.', extra: { from: 'vendor', field: 'tool_plan' } },
        { call: 'a1', name: 'add', argsText: '{"a":1}' },
        { call: 'b2', name: 'add', argsText: '{"a":2}' },
      ],
      usage: { inputTokens: 9, outputTokens: 4, cacheReadTokens: 2 },
    })
  })

  test.each([
    ['COMPLETE', 'stop'],
    ['STOP_SEQUENCE', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['MOON_PHASE', 'other'],
  ])('that ends for %s says %s', async (reason, stop) => {
    const outcome = await cohere(event('content-delta', { content: { text: 'Hi' } }), messageEnd(reason))
    expect([textOf(outcome.events), outcome.finished?.reason]).toEqual(['Hi', stop])
  })

  test('that failed is a fault, and one without its end is cut', async () => {
    expect((await cohere(messageEnd('ERROR', { error: 'boom' }))).fault).toMatchObject({
      code: 'provider_error',
      retry: 'now',
    })
    expect((await cohere(messageEnd('TIMEOUT'))).fault?.retry).toBe('now')
    expect((await cohere(event('content-delta', { content: { text: 'Hi' } }))).fault?.code).toBe('stream_cut')
    expect(partsOf(await cohere(messageEnd('COMPLETE')), 'text')).toEqual([])
  })
})
