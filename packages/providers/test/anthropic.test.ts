import { describe, expect, test } from 'vitest'
import { bytesFetch, partsOf, run, speaking, sse, textOf } from './support.js'

const start = {
  type: 'message_start',
  message: { usage: { input_tokens: 5, cache_read_input_tokens: 20, output_tokens: 1 } },
}
const open = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block })
const piece = (index: number, delta: object) => ({ type: 'content_block_delta', index, delta })
const close = (index: number) => ({ type: 'content_block_stop', index })
const end = (stop_reason: string) => [
  { type: 'message_delta', delta: { stop_reason }, usage: { output_tokens: 9 } },
  { type: 'message_stop' },
]
const ask = (...events: readonly unknown[]) => run(speaking('anthropic-messages', bytesFetch(sse(...events))))

describe('a message', () => {
  test('counts cached tokens as input and takes the last count of each kind', async () => {
    const { finished } = await ask(
      start,
      open(0, { type: 'text', text: '' }),
      piece(0, { type: 'text_delta', text: 'Hi' }),
      { type: 'ping' },
      close(0),
      ...end('end_turn'),
    )
    expect(finished?.usage).toEqual({ inputTokens: 25, outputTokens: 9, cacheReadTokens: 20 })
    expect(finished?.reason).toBe('stop')
  })

  test('keeps thinking with its signature, and redacted thinking as it came', async () => {
    const outcome = await ask(
      start,
      open(0, { type: 'thinking', thinking: '', signature: '' }),
      piece(0, { type: 'thinking_delta', thinking: 'Hmm' }),
      piece(0, { type: 'signature_delta', signature: 'c2ln' }),
      open(1, { type: 'redacted_thinking', data: 'ZGF0YQ' }),
      open(2, { type: 'thinking', thinking: '' }),
      piece(2, { type: 'signature_delta', signature: 'bW9yZQ' }),
      ...end('end_turn'),
    )
    expect(outcome.finished?.parts).toEqual([
      { type: 'reasoning', text: 'Hmm', extra: { from: 'vendor', signature: 'c2ln' } },
      { type: 'reasoning', text: '', extra: { from: 'vendor', redacted: 'ZGF0YQ' } },
      { type: 'reasoning', text: '', extra: { from: 'vendor', signature: 'bW9yZQ' } },
    ])
    expect(outcome.events.filter((event) => event.type === 'reasoning')).toEqual([{ type: 'reasoning', text: 'Hmm' }])
  })

  test('may call tools without arguments, with empty pieces, or with all of them at the start', async () => {
    const outcome = await ask(
      start,
      open(0, { type: 'tool_use', id: 't1', name: 'a', input: {} }),
      piece(0, { type: 'input_json_delta', partial_json: '' }),
      open(1, { type: 'tool_use', id: 't2', name: 'b', input: { x: 1 } }),
      open(2, { type: 'tool_use', id: 't3', name: 'c', input: {} }),
      piece(2, { type: 'input_json_delta', partial_json: '{"y":' }),
      piece(2, { type: 'input_json_delta', partial_json: '2}' }),
      ...end('tool_use'),
    )
    expect(partsOf(outcome, 'call').map(({ name, argsText }) => [name, argsText])).toEqual([
      ['a', ''],
      ['b', '{"x":1}'],
      ['c', '{"y":2}'],
    ])
    const named = outcome.events.filter((event) => event.type === 'args' && event.name !== '')
    expect(named.map((event) => event.type === 'args' && [event.index, event.name]).toSorted()).toEqual([
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
    ])
  })

  test('keeps what the server did with its own tools, to be sent back as it came', async () => {
    const outcome = await ask(
      start,
      open(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      piece(0, { type: 'input_json_delta', partial_json: '{"query":"x"}' }),
      open(1, { type: 'web_search_tool_result', tool_use_id: 's', content: [] }),
      open(2, { type: 'text', text: 'Found' }),
      piece(2, { type: 'citations_delta', citation: {} }),
      piece(2, { type: 'text_delta', text: ' it.' }),
      open(3, { type: 'never_heard_of' }),
      { type: 'never_heard_of_either' },
      ...end('pause_turn'),
    )
    const server = (name: string, block: object) => ({
      type: 'server',
      name,
      extra: { from: 'vendor', block: { type: name, ...block } },
    })
    expect(outcome.finished?.parts).toEqual([
      server('server_tool_use', { id: 's', name: 'web_search', input: { query: 'x' } }),
      server('web_search_tool_result', { tool_use_id: 's', content: [] }),
      { type: 'text', text: 'Found it.' },
      server('never_heard_of', {}),
    ])
    expect(outcome.finished?.reason).toBe('pause')
  })

  test.each([
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'refusal'],
    ['stop_sequence', 'stop'],
  ])('that stops for %s says %s', async (wire, reason) => {
    expect((await ask(start, ...end(wire))).finished?.reason).toBe(reason)
  })

  test('broken off by an error event is a provider_error that may pass', async () => {
    const outcome = await ask(start, open(0, { type: 'text', text: 'Hi' }), {
      type: 'error',
      error: { type: 'overloaded_error', message: 'Overloaded' },
    })
    expect(textOf(outcome.events)).toBe('Hi')
    expect(outcome.fault).toMatchObject({ code: 'provider_error', retry: 'now' })
  })

  test('that ends before its stop_reason is cut, after it is whole', async () => {
    expect((await ask(start, open(0, { type: 'text', text: 'Hi' }))).fault?.code).toBe('stream_cut')
    expect((await ask(start, open(0, { type: 'text', text: 'Hi' }), end('end_turn')[0])).finished?.reason).toBe('stop')
  })
})
