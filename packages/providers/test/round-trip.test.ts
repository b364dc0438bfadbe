import type { AnswerPart, GenerateRequest, JsonObject } from '@nacre/types'
import { describe, expect, test } from 'vitest'
import type { Entry } from './recordings.js'
import { ASK, bytesFetch, hasShared, readShared, run, speaking, WIRE_NAMES, type WireName } from './support.js'

/** An answer goes back with the next request: to its vendor with all that is the vendor's, to another with nothing of it. */

const DEV = 'providers/dev'
const entries: Entry[] = hasShared(`${DEV}/manifest.json`)
  ? readShared(`${DEV}/manifest.json`).exchanges.filter(
      (entry: Entry) => entry.status === 200 && (entry.api as string) !== 'ollama-generate',
    )
  : []

/** The next request of a conversation in which `parts` were said, as it is sent. */
async function next(wire: WireName, parts: readonly AnswerPart[], name: string): Promise<string> {
  const calls = parts.filter((part) => part.type === 'call')
  const results = calls.map(({ call, name: tool }) => ({ call, name: tool, isError: false, parts: [] }))
  const messages: GenerateRequest['messages'] = [
    ...ASK.messages,
    { role: 'assistant', parts },
    ...(results.length > 0 ? [{ role: 'tool', results } as const] : []),
    ...ASK.messages,
  ]
  const fetch = bytesFetch('')
  await run(speaking(wire, fetch, { name }), { ...ASK, messages })
  return fetch.requests[0]?.body ?? ''
}

/** What only the vendor can read: long words of a part's extra. */
const sealed = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return value.length > 100 && !/\s/.test(value) ? [value] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(sealed) : []
}

test('what was recorded is sealed often enough to tell', (ctx) => {
  if (entries.length === 0) ctx.skip('needs shared data: providers/dev')
  expect(entries.length).toBeGreaterThan(100)
})

test.each(entries)('$file: what is the vendor’s goes back to it, and to nobody else', async (entry) => {
  const { finished } = await run(speaking(entry.api, bytesFetch(readShared(`${DEV}/${entry.file}`).response.body)))
  const parts = finished?.parts ?? []
  const words = parts.flatMap((part) => ('extra' in part ? sealed(part.extra) : []))
  const blocks = parts.flatMap((part) => (part.type === 'server' ? [JSON.stringify(part.extra.block)] : []))
  const back = await next(entry.api, parts, 'vendor')
  for (const word of [...words, ...blocks]) expect(back).toContain(word)
  for (const wire of WIRE_NAMES) {
    const elsewhere = await next(wire, parts, 'other')
    expect(() => JSON.parse(elsewhere)).not.toThrow()
    for (const word of [...words, ...blocks]) expect(elsewhere).not.toContain(word)
  }
})

describe('what a vendor was seen to want back', () => {
  const talk = async (wire: WireName, parts: readonly AnswerPart[], model = 'm') => {
    const fetch = bytesFetch('')
    const messages = [...ASK.messages, { role: 'assistant', parts }] as const
    await run(speaking(wire, fetch), { ...ASK, model, messages })
    return JSON.parse(fetch.requests[0]?.body ?? '{}')
  }
  const own = (extra: JsonObject) => ({ extra: { from: 'vendor', ...extra } })
  const CALL = { type: 'call', call: 'c' as never, name: 'add', argsText: '{"a":1}' } as const

  test('of Responses: thoughts, phases, a tool of free text, a picture', async () => {
    const { input } = await talk('openai-responses', [
      { type: 'reasoning', text: 'Hm', ...own({ id: 'rs', encrypted_content: 'e' }) },
      { type: 'reasoning', text: 'in clear', ...own({ id: 'rs2' }) },
      { type: 'text', text: 'Hi', ...own({ phase: 'commentary' }) },
      { type: 'media', mediaType: 'image/png', data: 'aGk=', ...own({ id: 'ig' }) },
      { type: 'media', mediaType: 'image/png', data: 'aGk=' },
      { ...CALL, argsText: 'SELECT 1', ...own({ custom: true }) },
    ])
    expect(input.slice(1)).toEqual([
      { type: 'reasoning', id: 'rs', summary: [{ type: 'summary_text', text: 'Hm' }], encrypted_content: 'e' },
      { role: 'assistant', content: 'Hi', phase: 'commentary' },
      { type: 'image_generation_call', id: 'ig', status: 'completed', result: 'aGk=' },
      { role: 'assistant', content: '[image/png, 2 bytes, not shown to this model]' },
      { type: 'custom_tool_call', call_id: 'call00000', name: 'add', input: 'SELECT 1' },
    ])
  })

  test('of Anthropic and Responses: no thought that nothing follows', async () => {
    const thought = { type: 'reasoning', text: 'Hm', ...own({ signature: 's', encrypted_content: 'e' }) } as const
    const hi = { type: 'text', text: 'Hi' } as const
    expect((await talk('anthropic-messages', [thought])).messages).toHaveLength(1)
    expect((await talk('openai-responses', [thought])).input).toHaveLength(1)
    expect((await talk('anthropic-messages', [thought, hi, thought])).messages[1].content).toEqual([
      { type: 'thinking', thinking: 'Hm', signature: 's' },
      hi,
    ])
    expect((await talk('openai-responses', [thought, hi, thought])).input).toHaveLength(3)
  })

  test('of Gemini: signatures where they were, and a stand-in where generation 3 would refuse a call', async () => {
    const parts = [
      { type: 'reasoning', text: 'not signed' },
      { type: 'text', text: 'Hi', ...own({ thoughtSignature: 'a' }) },
      CALL,
      { ...CALL, call: 'd' as never },
    ] as const
    const functionCall = { name: 'add', args: { a: 1 } }
    const text = { text: 'Hi', thoughtSignature: 'a' }
    expect((await talk('gemini', parts, 'gemini-2.5-flash')).contents[1]).toEqual({
      role: 'model',
      parts: [text, { functionCall }, { functionCall }],
    })
    expect((await talk('gemini', parts, 'gemini-3-pro')).contents[1].parts).toEqual([
      text,
      { functionCall, thoughtSignature: 'skip_thought_signature_validator' },
      { functionCall },
    ])
    const signed = [{ ...CALL, ...own({ thoughtSignature: 'b' }) }]
    expect((await talk('gemini', signed, 'gemini-3-pro')).contents[1].parts).toEqual([
      { functionCall, thoughtSignature: 'b' },
    ])
  })

  test('of Cohere: plans and thoughts by their names', async () => {
    const { messages } = await talk('cohere-v2', [
      { type: 'reasoning', text: 'Hm', ...own({ field: 'thinking' }) },
      { type: 'reasoning', text: 'I will add.', ...own({ field: 'tool_plan' }) },
      CALL,
    ])
    expect(messages[2]).toEqual({
      role: 'assistant',
      content: [{ type: 'thinking', thinking: 'Hm' }],
      tool_plan: 'I will add.',
      tool_calls: [{ id: 'call00000', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }],
    })
  })

  test('of Ollama: its own thoughts, and arguments as an object', async () => {
    const { messages } = await talk('ollama-chat', [
      { type: 'reasoning', text: 'Hm', ...own({}) },
      { type: 'reasoning', text: 'of another', extra: { from: 'other' } },
      { type: 'text', text: 'Hi' },
      CALL,
    ])
    expect(messages[2]).toEqual({
      role: 'assistant',
      content: 'Hi',
      thinking: 'Hm',
      tool_calls: [{ id: 'call00000', function: { name: 'add', arguments: { a: 1 } } }],
    })
  })
})
