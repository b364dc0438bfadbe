import { fakeWorld } from '@nacre/kit/testing'
import { HARNESSES, harnessOf, Secret, VENDORS, type VendorName, vendorProvider } from '@nacre/providers'
import { type AnswerPart, callId, type GenerateRequest } from '@nacre/types'
import { describe, expect, test } from 'vitest'
import { ASK, bytesFetch, delta, hasShared, readShared, run, sse } from './support.js'

/** How each vendor is reached, and how its Chat Completions differ. */

const HI = sse(delta({ content: 'Hi' }), delta({}, 'stop'), '[DONE]')
const CUSTOM: Partial<Record<VendorName, string>> = {
  azure: 'https://r.openai.azure.com/openai/v1',
  vertex: 'https://l-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google',
  'vertex-anthropic': 'https://l-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic',
  openai_compatible: 'http://localhost:9/api',
}

async function sent(vendor: VendorName, more: Partial<GenerateRequest> = {}) {
  let url = ''
  const bytes = bytesFetch(HI)
  const fetch: typeof bytes = Object.assign(
    async (...asked: Parameters<typeof bytes>) => {
      url = asked[0]
      return await bytes(...asked)
    },
    { requests: bytes.requests },
  )
  const baseUrl = CUSTOM[vendor]
  const provider = vendorProvider(vendor, {
    name: 'v',
    fetch,
    world: fakeWorld(),
    key: new Secret('k'),
    ...(baseUrl && { baseUrl }),
  })
  await run(provider, { ...ASK, ...more })
  const [request] = fetch.requests
  return { url, headers: request?.headers ?? {}, body: JSON.parse(request?.body ?? '{}') }
}

test.each([
  ['openai', 'https://api.openai.com/v1/chat/completions', 'authorization', 'Bearer k'],
  ['openai_responses', 'https://api.openai.com/v1/responses', 'authorization', 'Bearer k'],
  ['anthropic', 'https://api.anthropic.com/v1/messages', 'x-api-key', 'k'],
  [
    'gemini',
    'https://generativelanguage.googleapis.com/v1beta/models/m-1:streamGenerateContent?alt=sse',
    'x-goog-api-key',
    'k',
  ],
  ['vertex', `${CUSTOM.vertex}/models/m-1:streamGenerateContent?alt=sse`, 'authorization', 'Bearer k'],
  ['vertex-anthropic', `${CUSTOM['vertex-anthropic']}/models/m-1:streamRawPredict`, 'authorization', 'Bearer k'],
  ['ollama', 'http://localhost:11434/api/chat', 'authorization', 'Bearer k'],
  ['cohere', 'https://api.cohere.com/v2/chat', 'authorization', 'Bearer k'],
  ['azure', 'https://r.openai.azure.com/openai/v1/chat/completions', 'api-key', 'k'],
  ['groq', 'https://api.groq.com/openai/v1/chat/completions', 'authorization', 'Bearer k'],
  ['mistral', 'https://api.mistral.ai/v1/chat/completions', 'authorization', 'Bearer k'],
  ['deepseek', 'https://api.deepseek.com/v1/chat/completions', 'authorization', 'Bearer k'],
  ['openrouter', 'https://openrouter.ai/api/v1/chat/completions', 'authorization', 'Bearer k'],
  ['xai', 'https://api.x.ai/v1/chat/completions', 'authorization', 'Bearer k'],
  ['perplexity', 'https://api.perplexity.ai/chat/completions', 'authorization', 'Bearer k'],
  ['vercel-gateway', 'https://ai-gateway.vercel.sh/v1/chat/completions', 'authorization', 'Bearer k'],
  ['huggingface', 'https://router.huggingface.co/v1/chat/completions', 'authorization', 'Bearer k'],
  ['zai', 'https://api.z.ai/api/paas/v4/chat/completions', 'authorization', 'Bearer k'],
  ['moonshot', 'https://api.moonshot.ai/v1/chat/completions', 'authorization', 'Bearer k'],
  ['together', 'https://api.together.xyz/v1/chat/completions', 'authorization', 'Bearer k'],
  ['vllm', 'http://localhost:8000/v1/chat/completions', 'authorization', 'Bearer k'],
  ['lmstudio', 'http://localhost:1234/v1/chat/completions', 'authorization', 'Bearer k'],
  ['llama.cpp', 'http://localhost:8080/v1/chat/completions', 'authorization', 'Bearer k'],
  ['openai_compatible', 'http://localhost:9/api/v1/chat/completions', 'authorization', 'Bearer k'],
] as const)('%s is asked at %s, its key in %s', async (vendor, url, header, key) => {
  const asked = await sent(vendor)
  expect([asked.url, asked.headers[header]]).toEqual([url, key])
  expect(Object.entries(asked.headers).filter(([, value]) => /\bk$/.test(value))).toHaveLength(1)
})

test('no vendor is left out of the table above', () => {
  expect(Object.keys(VENDORS)).toHaveLength(24)
})

test.each(['azure', 'vertex', 'vertex-anthropic', 'openai_compatible'] as const)(
  '%s without a base URL is refused, with the mend',
  (vendor) => {
    const fetch = bytesFetch(HI)
    expect(() => vendorProvider(vendor, { name: 'v', fetch, world: fakeWorld() })).toThrow(
      expect.objectContaining({ code: 'invalid_input', mend: expect.stringContaining('base URL') }),
    )
  },
)

describe('a dialect', () => {
  const hard: Partial<GenerateRequest> = { maxOutputTokens: 9, reasoning: { effort: 'high' } }
  const shaped: Partial<GenerateRequest> = {
    responseFormat: { name: 'r', schema: { type: 'object', required: ['a'] } },
  }

  test.each([
    ['openai', 'max_tokens', { reasoning_effort: 'high' }],
    ['groq', 'max_completion_tokens', { reasoning_effort: 'high' }],
    ['mistral', 'max_tokens', { reasoning_effort: 'high' }],
    ['deepseek', 'max_tokens', { thinking: { type: 'enabled' } }],
    ['zai', 'max_tokens', { thinking: { type: 'enabled' } }],
    ['moonshot', 'max_tokens', { thinking: { type: 'enabled' } }],
    ['azure', 'max_completion_tokens', { reasoning_effort: 'high' }],
    ['openrouter', 'max_tokens', { reasoning: { effort: 'high' } }],
    ['vercel-gateway', 'max_tokens', { reasoning: { effort: 'high' } }],
    ['llama.cpp', 'max_tokens', { reasoning_effort: 'high' }],
  ] as const)('%s names the limit %s, and asks for thought in its own way', async (vendor, limit, reasoning) => {
    const { body } = await sent(vendor, hard)
    expect(body).toMatchObject({ [limit]: 9, ...reasoning })
    expect(Object.keys(body).filter((key) => /^max_|reasoning|thinking/.test(key))).toHaveLength(2)
  })

  test('turns thought off where it can', async () => {
    const off = { reasoning: { effort: 'none' } } as const
    expect((await sent('deepseek', off)).body.thinking).toEqual({ type: 'disabled' })
    expect((await sent('openrouter', off)).body.reasoning).toEqual({ enabled: false })
    expect((await sent('openrouter', { reasoning: { budgetTokens: 700 } })).body.reasoning).toEqual({ max_tokens: 700 })
  })

  test('that refuses calls without a thought is given an empty one', async () => {
    const call = { type: 'call', call: callId('c'), name: 'add', argsText: '{}' } as const
    const thought = { type: 'reasoning', text: 'Hm', extra: { from: 'v', field: 'reasoning_content' } } as const
    const spoken = async (vendor: VendorName, parts: readonly AnswerPart[]) =>
      (await sent(vendor, { messages: [...ASK.messages, { role: 'assistant', parts }] })).body.messages[2]
    expect(await spoken('deepseek', [call])).toHaveProperty('reasoning_content', '')
    expect(await spoken('deepseek', [thought, call])).toHaveProperty('reasoning_content', 'Hm')
    expect(await spoken('deepseek', [{ type: 'text', text: 'Hi' }])).not.toHaveProperty('reasoning_content')
    expect(await spoken('groq', [call])).not.toHaveProperty('reasoning_content')
  })

  test('asks for usage unless the vendor counts unasked', async () => {
    expect((await sent('groq')).body.stream_options).toEqual({ include_usage: true })
    expect((await sent('mistral')).body).not.toHaveProperty('stream_options')
  })

  test('that does not know schemas is told them in words', async () => {
    const { body } = await sent('deepseek', shaped)
    expect(body.response_format).toEqual({ type: 'json_object' })
    expect(body.messages[0].content).toMatch(/^Be brief\.\n\nAnswer with one JSON value.*"required":\["a"\]/s)
    const groq = (await sent('groq', shaped)).body
    expect(groq.messages[0].content).toContain('Answer with one JSON value')
    expect(groq).not.toHaveProperty('response_format')
    expect((await sent('xai', shaped)).body.response_format).toMatchObject({
      type: 'json_schema',
      json_schema: { name: 'r', schema: { required: ['a'] } },
    })
  })

  test('marks the cache for Claude behind a router, and for nobody else', async () => {
    const mark = { cache_control: { type: 'ephemeral' } }
    const { body } = await sent('openrouter', { model: 'anthropic/claude-sonnet-4.6' })
    expect(body.messages).toEqual([
      { role: 'system', content: [{ type: 'text', text: 'Be brief.', ...mark }] },
      { role: 'user', content: [{ type: 'text', text: 'Hello?', ...mark }] },
    ])
    for (const [vendor, more] of [
      ['openrouter', { model: 'x/y' }],
      ['openrouter', { model: 'anthropic/claude-sonnet-4.6', cache: 'off' }],
      ['groq', { model: 'claude' }],
    ] as const)
      expect(JSON.stringify((await sent(vendor, more)).body)).not.toContain('cache_control')
  })

  test('of xAI counts the reasoning that its recordings leave out', async (ctx) => {
    if (!hasShared('providers/dev/manifest.json')) ctx.skip('needs shared data: providers/dev')
    const recordings: { file: string; expected: { usageNumbers: { total: number } } }[] = readShared(
      'providers/dev/manifest.json',
    ).exchanges.filter(
      (one: { provider: string; api: string; status: number }) =>
        one.provider === 'xai' && one.api === 'openai-chat' && one.status === 200,
    )
    expect(recordings.length).toBe(3)
    for (const { file, expected } of recordings) {
      const fetch = bytesFetch(readShared(`providers/dev/${file}`).response.body)
      const { finished } = await run(vendorProvider('xai', { name: 'xai', fetch, world: fakeWorld() }))
      const { inputTokens = 0, outputTokens = 0 } = finished?.usage ?? {}
      expect(inputTokens + outputTokens).toBe(expected.usageNumbers.total)
    }
  })
})

test.each([
  ['claude-sonnet-4-5', 'claude-code', 'claude'],
  ['gpt-5.3-CODEX', 'codex', 'codex'],
  ['z-ai/glm-5', 'glm', 'glm'],
  ['moonshotai/kimi-k2', 'kimi', 'kimi'],
  ['gemini-3-pro', 'gemini-cli', 'gemini'],
  ['llama-4', 'custom', 'custom'],
  ['', 'custom', 'custom'],
] as const)('the model %j means the harness %s, whose provider is %s', (model, harness, provider) => {
  expect(harnessOf(model)).toBe(harness)
  expect(HARNESSES[harness].provider).toBe(provider)
})
