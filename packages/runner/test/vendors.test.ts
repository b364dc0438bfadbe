import { existsSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { replayServer } from '@nacre/providers/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { transcriptWhen } from './house.js'
import { filesBelow, makePlace } from './place.js'
import { leaksIn } from './secrets-spelled.js'

const DATA = fileURLToPath(new URL('../../../../shared/testdata/providers/dev/', import.meta.url))
const KEY = 'sk-canary-7f3a9c-never-seen'

type Recording = {
  readonly response: { readonly headers: Readonly<Record<string, string>>; readonly body: string }
}
type Facts = {
  readonly file: string
  readonly expected: {
    readonly text: string
    readonly usageNumbers?: {
      readonly inputTotal: number
      readonly outputTotal: number
      readonly reasoningOutput?: number
    }
    readonly usage?: { readonly tokens?: { readonly input_tokens: number; readonly output_tokens: number } }
  }
}

/** A vendor, an answer of it that was recorded, and how it is asked: where, and with the key in which header. */
type Asked = {
  readonly type: string
  readonly file: string
  readonly model: string
  /** What the base URL has beside the host. */
  readonly base?: string
  readonly path: string
  readonly header: string
  readonly value?: string
}
const bearer = { header: 'authorization', value: `Bearer ${KEY}` }
const ASKED: readonly Asked[] = [
  {
    type: 'openai_responses',
    file: 'openai-responses--github-copilot-id-rotation-1--0.json',
    model: 'gpt-5.4-mini',
    path: '/v1/responses',
    ...bearer,
  },
  {
    type: 'gemini',
    file: 'gemini--google-reasoning-gemini3--0.json',
    model: 'gemini-3-pro-preview',
    path: '/v1beta/models/gemini-3-pro-preview:streamGenerateContent?alt=sse',
    header: 'x-goog-api-key',
  },
  {
    type: 'ollama',
    file: 'ollama-native--testwithpullmodel--1.json',
    model: 'smollm:135m',
    path: '/api/chat',
    ...bearer,
  },
  {
    type: 'cohere',
    file: 'cohere--cohere-model-thinking-part--1.json',
    model: 'command-a',
    path: '/v2/chat',
    ...bearer,
  },
  {
    type: 'vertex-anthropic',
    file: 'anthropic-messages--anthropic-message-delta-input-tokens--0.json',
    model: 'claude-haiku-4-5@20251001',
    base: '/v1/projects/p/locations/l/publishers/anthropic',
    path: '/v1/projects/p/locations/l/publishers/anthropic/models/claude-haiku-4-5%4020251001:streamRawPredict',
    ...bearer,
  },
  { type: 'xai', file: 'xai--xai-text--0.json', model: 'grok-3-mini', path: '/v1/chat/completions', ...bearer },
]

const factsOf = (file: string): Facts => {
  const { exchanges } = JSON.parse(readFileSync(`${DATA}manifest.json`, 'utf8')) as { exchanges: Facts[] }
  const found = exchanges.find((facts) => facts.file === file)
  if (found === undefined) throw new Error(`the manifest does not have ${file}`)
  return found
}

/** What was counted. Of these vendors only xAI leaves the thoughts out of the answer's tokens. */
function tokensOf(type: string, { expected: { usage, usageNumbers: counts } }: Facts) {
  if (usage?.tokens) return { inputTokens: usage.tokens.input_tokens, outputTokens: usage.tokens.output_tokens }
  const thoughts = type === 'xai' ? (counts?.reasoningOutput ?? 0) : 0
  return { inputTokens: counts?.inputTotal, outputTokens: (counts?.outputTotal ?? 0) + thoughts }
}

describe('an answer of a vendor through the whole daemon', { timeout: 60_000 }, () => {
  beforeEach((context) => {
    if (!existsSync(DATA)) context.skip('needs shared data: ../shared/testdata/providers/dev')
  })

  test.each(ASKED)('$type: asked at $path, the key in $header and nowhere in the guest', async (asked) => {
    const { type, file, model, base = '', path, header, value = KEY } = asked
    const facts = factsOf(file)
    const { response } = JSON.parse(readFileSync(`${DATA}${file}`, 'utf8')) as Recording
    await using server = await replayServer([{ ...response, split: 'bytes' }])
    await using place = makePlace({ env: { RECORDED_KEY: KEY } })
    place.configure(
      'providers.toml',
      `[providers.registry.recorded]\nprovider_type = "${type}"\nbase_url = "${server.url}${base}"\napi_key_env = "RECORDED_KEY"\n`,
    )
    place.configure('agent.toml', `[selection]\nprovider = "recorded"\nmodel = "${model}"\n`)
    expect(await place.run('start', '--detach')).toMatchObject({ code: 0, stderr: '' })
    const client = place.client()
    const { session } = await client.createSession()
    await client.send(session, 'Say what you said.')
    const { state } = await transcriptWhen(client, session, ({ state: { turns } }) => turns.length > 0)
    await client.close()

    const [turn] = state.turns
    expect(turn?.end).toMatchObject({ outcome: 'completed' })
    expect(turn?.steps).toHaveLength(1)
    const { end } = turn?.steps[0] ?? {}
    expect(end?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')).toBe(facts.expected.text)
    expect(end?.usage).toMatchObject(tokensOf(type, facts))
    const [sent] = server.requests
    expect([sent?.method, sent?.path, sent?.headers[header]]).toEqual(['POST', path, value])
    const elsewhere = Object.entries(sent?.headers ?? {}).filter(([name]) => name !== header)
    expect(leaksIn(JSON.stringify([sent?.body, elsewhere]), KEY)).toEqual([])

    const { guests } = await place.status()
    const guest = `/proc/${guests[0]?.pid}`
    const seen = [
      (await place.run('events', '--json')).stdout,
      readFileSync(`${guest}/environ`, 'latin1'),
      readFileSync(`${guest}/cmdline`, 'latin1'),
    ]
    await place.run('stop')
    const files = filesBelow(place.home)
    expect(files.some((name) => name.endsWith('log.db'))).toBe(true)
    for (const text of [...seen, ...files.map((name) => readFileSync(name, 'latin1'))]) {
      expect(leaksIn(text, KEY)).toEqual([])
    }
  })
})

test('the broker lets through the addresses of the models that were configured, to the letter, and no other', {
  timeout: 60_000,
}, async () => {
  await using server = await replayServer(() => ({ body: '{}' }))
  await using place = makePlace()
  place.configure(
    'agent.toml',
    `selection = { provider = "g", model = "one", fallback = ["g/two"] }
    agents.other = { selection = { provider = "g", model = "three" } }
    providers.registry.g = { provider_type = "gemini", base_url = "${server.url}", api_key = "${KEY}" }`,
  )
  expect(await place.run('start', '--detach')).toMatchObject({ code: 0, stderr: '' })
  const socketPath = join(place.runtimeOf('alice'), 'broker.sock')
  const call = (path: string) =>
    new Promise<number>((resolve, reject) => {
      request({ socketPath, method: 'POST', path }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0))
      })
        .once('error', reject)
        .end('{}')
    })
  const pathOf = (model: string) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`
  for (const model of ['one', 'two', 'three']) expect([model, await call(`/g${pathOf(model)}`)]).toEqual([model, 200])
  const refused = [
    pathOf('four'),
    pathOf('%6fne'),
    pathOf('one').replace('?alt=sse', ''),
    `${pathOf('one')}&key=mine`,
    `${pathOf('one')}#`,
    pathOf('one').replace(':', '%3A'),
    pathOf('one').replace('streamGenerateContent', 'generateContent'),
    pathOf('x/../one'),
    '/v1beta/models',
    '',
  ]
  for (const path of refused) expect([path, await call(`/g${path}`)]).toEqual([path, 403])
  expect(server.requests.map(({ path }) => path)).toEqual(['one', 'two', 'three'].map(pathOf))
})
