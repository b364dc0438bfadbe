import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { HttpFetch, HttpResponse } from '@nacre/providers'
import { parse } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import { valueAt } from '../src/config/doc.js'
import { keysOf } from '../src/config/keys.js'
import { annotated } from '../src/setup/annotated.js'
import { converse, type Known } from '../src/setup/conversation.js'
import { findOllama, ollamaUrl } from '../src/setup/ollama.js'
import { machine } from './config-home.ts'
import { modelServer } from './model-server.js'
import { makePlace, type Place } from './place.js'

const KEY = 'sk-canary-5a17'
const agentIn = (place: Place) => join(place.home, '.config', 'nacre', 'agent.toml')

/** A registry with a server of ours, whose key is in a variable. */
const local = (baseUrl: string) =>
  `[providers.registry.local]\nprovider_type = "openai"\nbase_url = "${baseUrl}"\napi_key_env = "LOCAL_KEY"\n`

async function ollamaServer(models: readonly string[]) {
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    asked.push(request.url)
    response.end(JSON.stringify({ models: models.map((name) => ({ name, size: 1 })) }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

describe('setup by flags', { timeout: 60_000 }, () => {
  test('tries the model with one call, and writes an annotated file without any key', async () => {
    await using model = await modelServer(() => ({ text: 'yes' }))
    await using place = makePlace({ env: { LOCAL_KEY: KEY } })
    place.configure('providers.toml', local(model.baseUrl))
    const { code, stdout, stderr } = await place.run(
      'setup',
      '--provider',
      'local',
      '--model',
      'test',
      '--test',
      '--json',
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const said = JSON.parse(stdout) as object
    expect(said).toMatchObject({
      provider: 'local',
      model: 'test',
      tried: { said: 'yes', most_micro_usd: null },
      files: [agentIn(place)],
    })
    expect(model.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${KEY}`])
    expect(JSON.parse(model.requests[0]?.body ?? '')).not.toHaveProperty('tools')
    const text = readFileSync(agentIn(place), 'utf8')
    expect(text).toContain('provider = "local"')
    expect(text + stdout).not.toContain(KEY)
    expect(await place.run('config', 'get', 'selection.model')).toMatchObject({ stdout: 'test\n' })
  })

  test('writes nothing where the model does not answer', async () => {
    await using place = makePlace({ env: { LOCAL_KEY: KEY } })
    place.configure('providers.toml', local('http://127.0.0.1:1/v1'))
    const { code, stderr } = await place.run('setup', '--provider', 'local', '--model', 'test', '--test')
    expect(code).toBe(3)
    expect(stderr).toMatch(/local[\s\S]*\n {2}\S/)
    expect(existsSync(agentIn(place))).toBe(false)
  })

  test('makes no call that must fail: without a key --test says which one, and nothing is written', async () => {
    await using place = makePlace()
    const { code, stderr } = await place.run('setup', '--provider', 'groq', '--model', 'some-model', '--test')
    expect([code, stderr]).toEqual([2, expect.stringMatching(/Set GROQ_API_KEY[\s\S]*\n {2}Nothing was written/)])
    expect(existsSync(agentIn(place))).toBe(false)
  })

  test('without --test makes no call, and says which key is missing', async () => {
    await using place = makePlace()
    const { code, stdout } = await place.run('setup', '--provider', 'groq', '--model', 'some-model')
    expect(code).toBe(0)
    expect(stdout).toContain('groq/some-model is selected.')
    expect(stdout).not.toContain('answers')
    expect(stdout).toContain('Set GROQ_API_KEY')
    expect(await place.run('config', 'get', 'selection.provider')).toMatchObject({ stdout: 'groq\n' })
  })

  test('finds Ollama where OLLAMA_HOST says, and writes where it is', async () => {
    await using ollama = await ollamaServer(['qwen3:8b', 'llama3'])
    await using place = makePlace({ env: { OLLAMA_HOST: ollama.host } })
    const which = await place.run('setup', '--provider', 'ollama')
    expect(which).toMatchObject({ code: 2, stderr: expect.stringContaining('qwen3:8b, llama3') })
    const { stdout } = await place.run('setup', '--provider', 'ollama', '--model', 'llama3', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      found: { ollama: { url: `http://${ollama.host}`, models: ['qwen3:8b', 'llama3'] } },
    })
    expect(ollama.asked).toEqual(['/api/tags', '/api/tags'])
    const url = await place.run('config', 'get', 'providers.registry.ollama.base_url')
    expect(url.stdout).toBe(`http://${ollama.host}\n`)
  })

  test('replaces a selection only where that is said, and keeps the comments of the file', async () => {
    await using place = makePlace()
    place.configure('agent.toml', '# Mine.\n[selection]\nprovider = "groq" # fast\nmodel = "m"\n')
    const args = ['setup', '--provider', 'offline']
    expect(await place.run(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
    expect(await place.run(...args, '--yes')).toMatchObject({ code: 0 })
    expect(readFileSync(agentIn(place), 'utf8')).toBe(
      '# Mine.\n[selection]\nprovider = "offline" # fast\nmodel = "offline"\n',
    )
  })

  test('says what is stronger than the file that it wrote', async () => {
    await using place = makePlace({ env: { NACRE__SELECTION__MODEL: 'other' } })
    const { stdout } = await place.run('setup', '--provider', 'groq', '--model', 'm')
    expect(stdout).toContain('selection.model is set by variable NACRE__SELECTION__MODEL too, which is stronger.')
  })

  test('refuses what cannot be meant', async () => {
    await using place = makePlace()
    for (const args of [
      [],
      ['--provider', 'nobody', '--model', 'm'],
      ['--test', '--no-test'],
      ['--provider', 'groq'],
    ]) {
      const { code, stderr } = await place.run('setup', ...args)
      expect(code, args.join(' ')).toBe(2)
      expect(stderr).toMatch(/\n {2}\S/)
    }
    expect(existsSync(agentIn(place))).toBe(false)
  })
})

describe('the conversation', () => {
  const known: Known = {
    current: 'offline/offline',
    found: {
      keys: [{ name: 'GROQ_API_KEY', provider: 'groq' }],
      ollama: { url: 'http://127.0.0.1:5', models: ['a'] },
      docker: 'no socket',
      bubblewrap: undefined,
    },
    offers: [
      {
        provider: 'groq',
        why: 'GROQ_API_KEY is set',
        models: [
          { name: 'fast', about: '' },
          { name: 'slow', about: '' },
        ],
      },
      { provider: 'ollama', why: 'answers', models: [{ name: 'a', about: '' }] },
    ],
    providers: ['offline', 'groq', 'ollama', 'mistral'],
    modelsOf: () => [{ name: 'large', about: '1 token' }],
  }
  const talked = (...typed: string[]) => talkedAs('offline/offline', ...typed)
  const talkedAs = async (current: string, ...typed: string[]) => {
    const said: string[] = []
    const ask = async () => typed.shift()
    const choice = await converse({ say: (line) => void said.push(line), ask }, { ...known, current })
    return { choice, said: said.join('\n'), left: typed }
  }

  test('is over with Enter alone: the offline model', async () => {
    const { choice, said } = await talked('')
    expect(choice).toBe('skip')
    expect(said).toContain('GROQ_API_KEY')
  })

  test('leaves with Enter what is selected, and takes the offline model by its name', async () => {
    const { choice, said } = await talkedAs('groq/m', '')
    expect([choice, said]).toEqual(['skip', expect.stringContaining('1  groq/m, as it is')])
    expect((await talkedAs('groq/m', 'offline')).choice).toEqual({ provider: 'offline', model: 'offline' })
    expect((await talked('offline')).choice).toBe('skip')
  })

  test('takes numbers and names, for providers that were found and for others', async () => {
    expect((await talked('2', '2')).choice).toEqual({ provider: 'groq', model: 'slow' })
    expect((await talked('2', 'my/own:model')).choice).toEqual({ provider: 'groq', model: 'my/own:model' })
    expect((await talked('3', '1')).choice).toEqual({ provider: 'ollama', model: 'a', baseUrl: 'http://127.0.0.1:5' })
    expect((await talked('4', 'mistral', '1')).choice).toEqual({ provider: 'mistral', model: 'large' })
  })

  test('asks again for what it did not understand, goes back with Enter, and ends with the input', async () => {
    const { choice, said, left } = await talked('9', 'nobody', '2', '7', 'with space', '', '3', '1')
    expect(choice).toMatchObject({ provider: 'ollama' })
    expect(left).toEqual([])
    expect(said.match(/Type a number from 1 to/g)).toHaveLength(4)
    expect((await talked('mistrall', 'mistral', '1')).said).toContain('no provider of that name. Did you mean mistral?')
    expect((await talked('2')).choice).toBe('gone')
    expect((await talked()).choice).toBe('gone')
  })
})

describe('an annotated file', () => {
  test('explains every key, and means what was set and else what holds without it', async () => {
    const text = annotated(
      'agent',
      new Map([
        ['selection.provider', 'ollama'],
        ['selection.model', 'a"b'],
      ]),
    )
    expect(parse(text)).toMatchObject({ config_version: '1', selection: { provider: 'ollama', model: 'a"b' } })
    for (const key of keysOf('agent'))
      if (!key.includes('*')) expect(text).toMatch(new RegExp(`^(# )?${key.at(-1)}( =|:)`, 'm'))
    const bare = await machine({}).load()
    const { selection: _, origins: __, workspaceRoot, ...rest } = await machine({ 'own/agent.toml': text }).load()
    expect(bare).toMatchObject(rest)
    const on = text.replaceAll(/^# (\w+ = )/gm, '$1')
    const {
      origins: ___,
      selection: ____,
      workspaceRoot: other,
      ...same
    } = await machine({ 'own/agent.toml': on }).load()
    expect(same).toEqual(rest)
    expect(other).not.toBe(workspaceRoot)
    expect(valueAt(parse(on), ['runtime', 'max_turns'])).toBe(50)
  })
})

describe('Ollama', () => {
  test.each([
    [undefined, 'http://127.0.0.1:11434'],
    ['', 'http://127.0.0.1:11434'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['0.0.0.0:8080', 'http://127.0.0.1:8080'],
    [':1234', 'http://127.0.0.1:1234'],
    ['box', 'http://box:11434'],
    ['https://box.example/', 'https://box.example'],
    ['http://[::1]:99', 'http://[::1]:99'],
    ['not a host', 'http://127.0.0.1:11434'],
  ])('with OLLAMA_HOST=%s is at %s', (host, url) => {
    expect(ollamaUrl(host)).toBe(url)
  })

  const answering =
    (body: string, status = 200): HttpFetch =>
    async () => ({
      status,
      headers: { get: () => undefined },
      body: (async function* () {
        yield new TextEncoder().encode(body)
      })(),
    })

  test('is asked once for what it has, and is not there where anything else answers', async () => {
    expect(
      await findOllama({}, answering('{"models":[{"name":"a"},{"name":7},{},{"name":"b c"},null]}')),
    ).toMatchObject({ models: ['a'] })
    for (const [body, status] of [
      ['{}', 200],
      ['no json', 200],
      ['{"models":[]}', 404],
      [`{"models":[],"x":"${'x'.repeat(1_048_576)}"}`, 200],
    ] as const)
      expect(await findOllama({}, answering(body, status)), body.slice(0, 20)).toBeUndefined()
    const many = JSON.stringify({ models: Array.from({ length: 100 }, (_, n) => ({ name: `m${n}` })) })
    expect((await findOllama({}, answering(many)))?.models).toHaveLength(64)
  })

  test('that says nothing is not waited for', async () => {
    const silent: HttpFetch = (_, { signal }) =>
      new Promise<HttpResponse>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    expect(await findOllama({}, silent)).toBeUndefined()
  })
})
