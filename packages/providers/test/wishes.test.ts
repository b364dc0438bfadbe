import { type AnswerPart, callId, type GenerateRequest, type JsonObject, type Message } from '@nacre/types'
import { describe, expect, test } from 'vitest'
import { closedSchema, isStrictSchema } from '../dist/answer-schema.js'
import { ASK, bytesFetch, delta, run, speaking, sse, type WireName } from './support.js'

/** What a request can wish for beside an answer, in the words of each wire. */

async function sent(wire: WireName, more: Partial<GenerateRequest>) {
  const fetch = bytesFetch(sse(delta({}, 'stop')))
  await run(speaking(wire, fetch), { ...ASK, ...more })
  const [request] = fetch.requests
  return { body: JSON.parse(request?.body ?? '{}'), headers: request?.headers ?? {} }
}

describe('thinking', () => {
  const HIGH = { effort: 'high' } as const
  const MANY = { budgetTokens: 5000 } as const
  const NONE = { effort: 'none' } as const
  test.each([
    ['openai-chat', 'gpt-5', HIGH, { reasoning_effort: 'high' }],
    ['openai-chat', 'gpt-5', NONE, { reasoning_effort: 'minimal' }],
    ['openai-chat', 'gpt-5.1', NONE, { reasoning_effort: 'none' }],
    ['openai-chat', 'gpt-5.1', { effort: 'minimal' }, { reasoning_effort: 'low' }],
    ['openai-chat', 'gpt-5.2', { effort: 'max' }, { reasoning_effort: 'xhigh' }],
    ['openai-chat', 'gpt-5.1', { effort: 'max' }, { reasoning_effort: 'high' }],
    ['openai-chat', 'o4-mini', { effort: 'max' }, { reasoning_effort: 'high' }],
    ['openai-chat', 'o3', MANY, { reasoning_effort: 'medium' }],
    ['openai-responses', 'gpt-5', HIGH, { reasoning: { effort: 'high' }, include: ['reasoning.encrypted_content'] }],
    [
      'anthropic-messages',
      'claude-opus-4-6',
      HIGH,
      { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
    ],
    [
      'anthropic-messages',
      'claude-sonnet-5-5',
      { effort: 'minimal' },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
    ],
    [
      'anthropic-messages',
      'claude-opus-4-6',
      MANY,
      { thinking: { type: 'enabled', budget_tokens: 5000 }, max_tokens: 13_192 },
    ],
    [
      'anthropic-messages',
      'claude-haiku-4-5',
      HIGH,
      { thinking: { type: 'enabled', budget_tokens: 16_384 }, max_tokens: 24_576 },
    ],
    ['anthropic-messages', 'claude-sonnet-4-20250514', HIGH, { thinking: { type: 'enabled', budget_tokens: 16_384 } }],
    ['anthropic-messages', 'claude-3-7-sonnet-20250219', NONE, { thinking: { type: 'disabled' }, max_tokens: 8192 }],
    [
      'gemini',
      'gemini-2.5-flash',
      HIGH,
      { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingBudget: 16_384 } } },
    ],
    ['gemini', 'gemini-2.5-flash', NONE, { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } }],
    [
      'gemini',
      'gemini-3-pro',
      HIGH,
      { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingLevel: 'HIGH' } } },
    ],
    ['gemini', 'gemini-3-flash', NONE, { generationConfig: { thinkingConfig: { thinkingLevel: 'MINIMAL' } } }],
    ['ollama-chat', 'qwen3', HIGH, { think: true }],
    ['ollama-chat', 'qwen3', NONE, { think: false }],
    ['ollama-chat', 'gpt-oss:20b', HIGH, { think: 'high' }],
    ['cohere-v2', 'command-a-reasoning', MANY, { thinking: { type: 'enabled', token_budget: 5000 } }],
    ['cohere-v2', 'command-a-reasoning', NONE, { thinking: { type: 'disabled' } }],
  ] as const)('over %s, of %s: %j', async (wire, model, reasoning, expected) => {
    expect((await sent(wire, { model, reasoning })).body).toMatchObject(expected)
  })

  test('with Anthropic fits into the limit that was named, or is left out', async () => {
    const tight = async (maxOutputTokens: number) =>
      (await sent('anthropic-messages', { model: 'claude-haiku-4-5', reasoning: HIGH, maxOutputTokens })).body
    expect(await tight(4096)).toMatchObject({ max_tokens: 4096, thinking: { budget_tokens: 3072 } })
    expect(await tight(2047)).not.toHaveProperty('thinking')
    expect(await tight(2048)).toMatchObject({ max_tokens: 2048, thinking: { budget_tokens: 1024 } })
  })

  test('with Anthropic is not asked for while calls are answered that were made without a thought', async () => {
    const call = { type: 'call', call: callId('c'), name: 'add', argsText: '{}' } as const
    const thought = { type: 'reasoning', text: 'Hm', extra: { from: 'vendor', signature: 's' } } as const
    const results = [{ call: call.call, name: 'add', isError: false, parts: [] }]
    const after = async (model: string, parts: readonly AnswerPart[], more: readonly Message[] = []) => {
      const messages: Message[] = [...ASK.messages, { role: 'assistant', parts }, { role: 'tool', results }, ...more]
      return (await sent('anthropic-messages', { model, reasoning: HIGH, messages })).body.thinking?.type
    }
    expect(await after('claude-haiku-4-5', [call])).toBeUndefined()
    expect(await after('claude-haiku-4-5', [{ ...thought, extra: { from: 'other' } }, call])).toBeUndefined()
    expect(await after('claude-haiku-4-5', [thought, call])).toBe('enabled')
    expect(await after('claude-opus-4-6', [call])).toBe('adaptive')
    const done: Message = { role: 'assistant', parts: [{ type: 'text', text: 'Done.' }] }
    expect(await after('claude-haiku-4-5', [call], [done, ...ASK.messages])).toBe('enabled')
  })

  test('is not spoken of where nobody asked, and encrypted thoughts only of models that have them', async () => {
    for (const wire of [
      'openai-chat',
      'openai-responses',
      'anthropic-messages',
      'gemini',
      'ollama-chat',
      'cohere-v2',
    ] as const)
      expect(JSON.stringify((await sent(wire, {})).body)).not.toMatch(/reason|think|effort/i)
    expect((await sent('openai-responses', { model: 'gpt-5-mini' })).body.include).toEqual([
      'reasoning.encrypted_content',
    ])
    expect((await sent('openai-responses', { model: 'gpt-5-chat-latest' })).body).not.toHaveProperty('include')
    const limited = await sent('openai-chat', { model: 'gpt-5-chat-latest', maxOutputTokens: 9 })
    expect(limited.body.max_completion_tokens).toBe(9)
  })
})

describe('an answer of a given form', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'integer', minimum: 1 } },
    required: ['a'],
    additionalProperties: false,
  }
  const closed = {
    type: 'object',
    properties: { a: { type: 'integer', description: 'minimum: 1' } },
    required: ['a'],
    additionalProperties: false,
  }
  test.each([
    ['openai-chat', { response_format: { type: 'json_schema', json_schema: { name: 'r', schema, strict: true } } }],
    ['openai-responses', { text: { format: { type: 'json_schema', name: 'r', schema, strict: true } } }],
    ['anthropic-messages', { output_config: { format: { type: 'json_schema', schema: closed } } }],
    ['gemini', { generationConfig: { responseMimeType: 'application/json', responseJsonSchema: schema } }],
    ['ollama-chat', { format: schema }],
    ['cohere-v2', { response_format: { type: 'json_object', json_schema: schema } }],
  ] as const)('over %s', async (wire, expected) => {
    expect((await sent(wire, { responseFormat: { name: 'r', schema } })).body).toMatchObject(expected)
  })

  const tools = [{ name: 't', description: '', parameters: { type: 'object' } }]
  test.each([
    ['gemini', 'gemini-2.5-flash', true],
    ['gemini', 'gemini-3-pro', false],
    ['ollama-chat', 'm', true],
    ['cohere-v2', 'm', true],
    ['openai-chat', 'm', false],
    ['openai-responses', 'm', false],
    ['anthropic-messages', 'm', false],
  ] as const)('beside tools, over %s of %s, is told in words: %s', async (wire, model, inWords) => {
    const { body } = await sent(wire, { model, tools, responseFormat: { name: 'r', schema } })
    const text = JSON.stringify(body)
    expect(/Be brief.{1,8}Answer with one JSON value/.test(text)).toBe(inWords)
    expect(/json_schema|responseMimeType|"format"/.test(text)).toBe(!inWords)
  })

  test('is promised by OpenAI only where its strict mode takes the schema', () => {
    const optional = { ...schema, required: [] }
    expect(isStrictSchema(schema)).toBe(true)
    expect(isStrictSchema(optional)).toBe(false)
    expect(isStrictSchema({ ...schema, additionalProperties: true })).toBe(false)
    expect(isStrictSchema({ type: 'array', items: optional })).toBe(false)
    expect(isStrictSchema({ ...schema, properties: { a: { anyOf: [optional, { type: 'null' }] } } })).toBe(false)
    expect(isStrictSchema({ ...schema, $defs: { b: optional } })).toBe(false)
  })

  test('with Anthropic has closed objects all the way down, and its bounds in words', () => {
    const open = { type: 'object', properties: { x: { type: 'string', maxLength: 3, description: 'Short' } } }
    const odd: JsonObject = {
      $schema: 's',
      oneOf: [open, { type: 'array', items: open, maxItems: 2 }],
      $defs: { o: open },
    }
    const shut = {
      type: 'object',
      properties: { x: { type: 'string', description: 'Short; maxLength: 3' } },
      additionalProperties: false,
    }
    expect(closedSchema(odd)).toEqual({
      anyOf: [shut, { type: 'array', items: shut, description: 'maxItems: 2' }],
      $defs: { o: shut },
    })
  })
})

describe('the cache', () => {
  const marks = (body: object) => JSON.stringify(body).match(/"cache_control":\{[^}]*\}/g) ?? []
  const TURNS = ['One', 'Two', 'Three'].flatMap((said) => [
    { role: 'user', parts: [{ type: 'text', text: said }] } as const,
    { role: 'assistant', parts: [{ type: 'text', text: `${said}!` }] } as const,
  ])
  const messages = TURNS.slice(0, -1)

  test('of Anthropic is marked at the prefix and at the two newest turns of the user', async () => {
    const { body } = await sent('anthropic-messages', { messages })
    expect(marks(body)).toHaveLength(3)
    const marked = body.messages.map(
      (turn: { content: { cache_control?: object }[] }) => turn.content[0]?.cache_control !== undefined,
    )
    expect(marked).toEqual([false, false, true, false, true])
    expect(body.system[0]).toHaveProperty('cache_control')
  })

  test('of Anthropic is marked at the tools where there is no system text', async () => {
    const tools = [1, 2].map((n) => ({ name: `t${n}`, description: '', parameters: { type: 'object' } }))
    const { body } = await sent('anthropic-messages', { messages, tools, system: '' })
    expect(body.tools.map((tool: object) => 'cache_control' in tool)).toEqual([false, true])
  })

  test('can be long, or off', async () => {
    expect(marks((await sent('anthropic-messages', { messages, cache: 'long' })).body)[0]).toContain('"ttl":"1h"')
    expect(marks((await sent('anthropic-messages', { messages, cache: 'off' })).body)).toEqual([])
    expect((await sent('openai-responses', { cache: 'long' })).body.prompt_cache_retention).toBe('24h')
    expect((await sent('openai-responses', {})).body).not.toHaveProperty('prompt_cache_retention')
  })
})

describe('what only one vendor has', () => {
  const search = { type: 'web_search' }

  test('reaches that vendor', async () => {
    const openai = { tools: [search], cacheKey: 'k', reasoningSummary: 'auto', verbosity: 'low' } as const
    const responses = (await sent('openai-responses', { providerOptions: { openai } })).body
    expect(responses).toMatchObject({
      tools: [search],
      prompt_cache_key: 'k',
      reasoning: { summary: 'auto' },
      text: { verbosity: 'low' },
    })
    expect((await sent('openai-chat', { providerOptions: { openai } })).body).toMatchObject({
      prompt_cache_key: 'k',
      verbosity: 'low',
    })

    const anthropic = { tools: [{ type: 'web_search_20250305', name: 'web_search' }], betas: ['a', 'b'] }
    const messages = await sent('anthropic-messages', { providerOptions: { anthropic } })
    expect(messages.body.tools).toEqual(anthropic.tools)
    expect(messages.headers['anthropic-beta']).toBe('a,b')

    const gemini = {
      tools: [{ googleSearch: {} }],
      safetySettings: [{ category: 'c', threshold: 't' }],
      responseModalities: ['TEXT', 'IMAGE'],
    }
    expect((await sent('gemini', { providerOptions: { gemini } })).body).toMatchObject({
      tools: gemini.tools,
      safetySettings: gemini.safetySettings,
      generationConfig: { responseModalities: ['TEXT', 'IMAGE'] },
    })
    const cached = (await sent('gemini', { providerOptions: { gemini: { cachedContent: 'cachedContents/x' } } })).body
    expect(cached.cachedContent).toBe('cachedContents/x')
    expect(cached).not.toHaveProperty('systemInstruction')

    const ollama = { numCtx: 32_768, keepAlive: '10m' }
    const chat = (await sent('ollama-chat', { providerOptions: { ollama }, maxOutputTokens: 9 })).body
    expect(chat).toMatchObject({ keep_alive: '10m', options: { num_ctx: 32_768, num_predict: 9 } })
    expect((await sent('cohere-v2', { providerOptions: { cohere: { safetyMode: 'OFF' } } })).body.safety_mode).toBe(
      'OFF',
    )
  })

  test('is kept from every other', async () => {
    const providerOptions = {
      openai: { cacheKey: 'secret' },
      ollama: { keepAlive: 'secret' },
      anthropic: { betas: ['secret'] },
    }
    for (const wire of ['gemini', 'cohere-v2'] as const)
      expect(JSON.stringify(await sent(wire, { providerOptions }))).not.toContain('secret')
  })
})

test('Claude on Vertex AI has its version in the body, and its model in the path only', async () => {
  const { body, headers } = await sent('anthropic-vertex', { model: 'claude-sonnet-4@20250514' })
  expect(body).toMatchObject({ anthropic_version: 'vertex-2023-10-16', stream: true, max_tokens: 8192 })
  expect(body).not.toHaveProperty('model')
  expect(headers).not.toHaveProperty('anthropic-version')
})

test.each(['../admin', 'a/../b', '', 'a//b', '.'])('the model %j cannot change where a request goes', async (model) => {
  const fetch = bytesFetch('')
  expect((await run(speaking('gemini', fetch), { ...ASK, model })).fault?.code).toBe('invalid_input')
  expect(fetch.requests).toEqual([])
})
