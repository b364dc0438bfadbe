import { callId, type GenerateRequest, type JsonObject, type Message } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeAnthropic } from '../dist/anthropic-request.js'
import { OPENAI } from '../dist/dialect.js'
import { bodyText } from '../dist/encode.js'
import { endpointOf } from '../dist/endpoint.js'
import { encodeOpenAi as encodeChat } from '../dist/openai-request.js'
import { wireIds } from '../dist/wire-ids.js'
import { ASK, bytesFetch, delta, run, speaking, sse } from './support.js'

const encodeOpenAi = (asked: GenerateRequest, from: string) => encodeChat(asked, from, OPENAI)
const call = (id: string, argsText = '{"a":1}', extra?: JsonObject) =>
  ({ type: 'call', call: callId(id), name: 'add', argsText, ...(extra ? { extra } : {}) }) as const
const result = (id: string, text: string, isError = false) =>
  ({ call: callId(id), name: 'add', parts: [{ type: 'text', text }], isError }) as const
const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] })
const TALK: readonly Message[] = [
  user('Add.'),
  {
    role: 'assistant',
    parts: [
      { type: 'reasoning', text: 'Hm', extra: { from: 'vendor', signature: 's', field: 'reasoning_content' } },
      { type: 'reasoning', text: '', extra: { from: 'vendor', redacted: 'r' } },
      { type: 'text', text: 'Adding.' },
      call('t.1.0'),
      call('t.1.1', '', { from: 'vendor', extra_content: { google: { thought_signature: 'x' } } }),
      call('t.1.2', '{"a":'),
    ],
  },
  { role: 'tool', results: [result('t.1.0', '3'), result('t.1.1', 'no', true), result('t.1.2', '')] },
  user('Go on.'),
]
const tool = { name: 'add', description: 'adds', parameters: { $schema: 'x', type: 'object', properties: {} } }
const request: GenerateRequest = { ...ASK, messages: TALK, tools: [tool] }
const plain = (body: object) => JSON.parse(JSON.stringify(body))

describe('a Messages request', () => {
  const body = plain(encodeAnthropic(request, 'vendor'))

  test('has all results of a step in one message, errors flagged, and turns that alternate', () => {
    expect(body.messages.map((message: { role: string }) => message.role)).toEqual(['user', 'assistant', 'user'])
    const [first, second, third, text] = body.messages[2].content
    expect(first).toEqual({ type: 'tool_result', tool_use_id: 'call00000', content: '3' })
    expect(second).toMatchObject({ is_error: true, content: 'no' })
    expect(third.content).toBe('')
    expect(text).toEqual({ type: 'text', text: 'Go on.', cache_control: { type: 'ephemeral' } })
  })

  test('gives thinking back signed, and arguments as objects whatever they were', () => {
    expect(body.messages[1].content).toEqual([
      { type: 'thinking', thinking: 'Hm', signature: 's' },
      { type: 'redacted_thinking', data: 'r' },
      { type: 'text', text: 'Adding.' },
      { type: 'tool_use', id: 'call00000', name: 'add', input: { a: 1 } },
      { type: 'tool_use', id: 'call00001', name: 'add', input: {} },
      { type: 'tool_use', id: 'call00002', name: 'add', input: { invalid_arguments: '{"a":' } },
    ])
  })

  test('gives another provider’s thinking to nobody', () => {
    expect(bodyText(encodeAnthropic(request, 'other'))).not.toContain('thinking')
    expect(bodyText(encodeOpenAi(request, 'other'))).not.toMatch(/reasoning_content|thought_signature/)
  })

  test('always has a limit, tools with a schema, a cached prefix and no empty text', () => {
    expect(body).toMatchObject({ max_tokens: 8192, stream: true, model: 'm-1' })
    expect(body.system).toEqual([{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }])
    expect(body.tools).toEqual([{ name: 'add', description: 'adds', input_schema: { type: 'object', properties: {} } }])
    expect(encodeAnthropic({ ...request, maxOutputTokens: 99 }, 'vendor').max_tokens).toBe(99)
    const blank = plain(
      encodeAnthropic(
        { ...ASK, system: ' ', messages: [user(' '), { role: 'assistant', parts: [{ type: 'text', text: '' }] }] },
        'v',
      ),
    )
    expect(blank).not.toHaveProperty('system')
    expect(blank).not.toHaveProperty('tools')
    expect(blank.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: '(nothing)', cache_control: { type: 'ephemeral' } }] },
    ])
  })
})

describe('a Chat Completions request', () => {
  const body = plain(encodeOpenAi(request, 'vendor'))

  test('has a message per result, valid arguments, and extras where they came from', () => {
    expect(body.messages.slice(0, 2)).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Add.' },
    ])
    expect(body.messages[2]).toEqual({
      role: 'assistant',
      content: 'Adding.',
      reasoning_content: 'Hm',
      tool_calls: [
        { id: 'call00000', type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
        {
          id: 'call00001',
          type: 'function',
          function: { name: 'add', arguments: '{}' },
          extra_content: { google: { thought_signature: 'x' } },
        },
        {
          id: 'call00002',
          type: 'function',
          function: { name: 'add', arguments: '{"invalid_arguments":"{\\"a\\":"}' },
        },
      ],
    })
    expect(body.messages.slice(3, 6).map((message: { tool_call_id: string }) => message.tool_call_id)).toEqual([
      'call00000',
      'call00001',
      'call00002',
    ])
  })

  test('streams with usage, and names its limit as the model wants it', () => {
    expect(body).toMatchObject({ stream: true, stream_options: { include_usage: true } })
    expect(body).not.toHaveProperty('max_tokens')
    expect(encodeOpenAi({ ...ASK, maxOutputTokens: 9 }, 'v')).toMatchObject({ max_tokens: 9 })
    expect(encodeOpenAi({ ...ASK, model: 'openai/gpt-5-mini', maxOutputTokens: 9 }, 'v')).toMatchObject({
      max_completion_tokens: 9,
    })
    expect(encodeOpenAi(ASK, 'v')).not.toHaveProperty('tools')
  })
})

test('a blob is sent as its preview, a lone surrogate as U+FFFD', () => {
  const blob = {
    type: 'blob',
    hash: 'h' as never,
    mediaType: 'image/png',
    sizeBytes: 9,
    preview: 'a cat \ud83d',
  } as const
  const asked = { ...ASK, messages: [{ role: 'user', parts: [{ type: 'text', text: 'See' }, blob] } as const] }
  expect(JSON.parse(bodyText(encodeOpenAi(asked, 'v'))).messages[1].content).toBe('See\na cat \ufffd')
  expect(JSON.parse(bodyText(encodeAnthropic(asked, 'v'))).messages[0].content[0].text).toBe('See\na cat \ufffd')
})

test('wire ids fit every vendor, never collide, and stay as a history grows', () => {
  const id = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$/)
  const messages = fc.array(fc.uniqueArray(id, { minLength: 1, maxLength: 5 }), { maxLength: 20 }).map((steps) =>
    steps.flatMap((ids): Message[] => [
      { role: 'assistant', parts: ids.map((one) => call(one)) },
      { role: 'tool', results: ids.map((one) => result(one, 'ok')) },
    ]),
  )
  fc.assert(
    fc.property(messages, (history) => {
      const name = wireIds(history)
      const ids = [...new Set(history.flatMap((one) => (one.role === 'tool' ? one.results.map((r) => r.call) : [])))]
      const names = ids.map(name)
      expect(new Set(names).size).toBe(ids.length)
      for (const one of names) expect(one).toMatch(/^[a-zA-Z0-9]{9}$/)
      expect(wireIds([...history, user('more')])(ids[0] ?? callId('x'))).toBe(names[0] ?? 'call00000')
    }),
  )
})

test.each([
  ['https://api.openai.com', 'https://api.openai.com/v1/x'],
  ['https://api.openai.com/', 'https://api.openai.com/v1/x'],
  ['https://api.openai.com/v1', 'https://api.openai.com/v1/x'],
  ['https://api.openai.com/v1//', 'https://api.openai.com/v1/x'],
  ['https://openrouter.ai/api/v1', 'https://openrouter.ai/api/v1/x'],
  ['http://broker/openai', 'http://broker/openai/v1/x'],
  ['https://g.test/v1beta/openai/', 'https://g.test/v1beta/openai/x'],
  ['https://p.test/api/paas/v4', 'https://p.test/api/paas/v4/x'],
  ['https://p.test/x', 'https://p.test/x'],
  ['https://a.test/openai?api-version=1', 'https://a.test/openai/v1/x?api-version=1'],
])('the base URL %s leads to %s', (base, url) => {
  expect(endpointOf('p', base, '/x').url).toBe(url)
})

test.each(['', 'api.openai.com', 'ftp://x/', 'https://user:hunter2@x/'])(
  'the base URL %j is refused without being echoed',
  (base) => {
    try {
      endpointOf('p', base, '/x')
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'invalid_input' })
      expect(String(error)).not.toContain('hunter2')
    }
  },
)

test('the headers are the vendor’s, and the key only where one is given', async () => {
  const { Secret } = await import('@nacre/providers')
  const fetch = bytesFetch(sse(delta({}, 'stop')))
  await run(speaking('openai-chat', fetch))
  await run(speaking('openai-chat', fetch, { auth: { header: 'authorization', value: new Secret('Bearer k') } }))
  await run(speaking('anthropic-messages', fetch))
  expect(fetch.requests[0]?.headers).not.toHaveProperty('authorization')
  // Nothing is unpacked here, so nothing may be packed.
  expect(fetch.requests[0]?.headers['accept-encoding']).toBe('identity')
  expect(fetch.requests[1]?.headers.authorization).toBe('Bearer k')
  expect(fetch.requests[2]?.headers['anthropic-version']).toBe('2023-06-01')
})
