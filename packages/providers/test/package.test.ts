import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { inspect, promisify } from 'node:util'
import { Secret } from '@nacre/providers'
import { replayServer, scriptedAnswer, scriptedProvider } from '@nacre/providers/testing'
import { Fault } from '@nacre/types'
import { describe, expect, test } from 'vitest'
import { ASK, run, textOf } from './support.js'

const here = fileURLToPath(new URL('..', import.meta.url))
const node = async (code: string) =>
  (await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], { cwd: here })).stdout

/** Every module that is resolved, by require or import, passes the hook. */
const HOOK = `import { registerHooks } from 'node:module'
  const seen = new Set()
  registerHooks({
    resolve(name, context, next) {
      const found = next(name, context)
      seen.add(found.url.split('/packages/').at(-1))
      return found
    },
  })
  const providers = await import('@nacre/providers')
  const before = [...seen]
  const signal = new AbortController().signal`

/** What the import loads. Each file costs some 0.2 ms, the first one of another package a little more. */
const IMPORTED = [
  ...['alarm', 'cli', 'clocks', 'dialect', 'doors', 'endpoint', 'harness', 'index', 'lazy-iterator'],
  ...['offline', 'retry', 'secret'],
  ...['undici-fetch', 'vendors', 'wire', 'wire-provider'],
].map((name) => `providers/dist/${name}.js`)

test('importing the package loads these files and of other packages the types alone', async () => {
  const before: string[] = JSON.parse(await node(`${HOOK}; console.log(JSON.stringify(before))`))
  const [types = [], files = []] = [true, false].map((are) => before.filter((url) => url.startsWith('types/') === are))
  expect(new Set(files)).toEqual(new Set(IMPORTED))
  // The barrel, and a file for each kind of value.
  expect(types.length).toBeLessThanOrEqual(8)
})

test('undici is loaded with the first call', async () => {
  const code = `${HOOK}
    await providers.undiciFetch()('http://127.0.0.1:1/', { method: 'POST', headers: {}, body: '', signal }).catch(() => {})
    console.log(JSON.stringify([...seen].filter((url) => url.includes('/node_modules/undici/')).length))`
  expect(JSON.parse(await node(code))).toBeGreaterThan(0)
})

test('a call loads its own wire and no other', async () => {
  const wires = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini', 'ollama', 'cohere']
  const code = `${HOOK}
    const fetch = async () => { throw new Error('seen enough') }
    const world = { now: () => 0, sleep: () => new Promise(() => {}), id: () => 'x', random: () => 0 }
    const request = { model: 'm', system: '', messages: [], tools: [] }
    const loaded = () => ${JSON.stringify(wires)}.filter((wire) => seen.has('providers/dist/' + wire + '.js'))
    const steps = [loaded()]
    for (const name of ['openaiChat', 'openaiResponses', 'anthropicMessages', 'gemini', 'ollama', 'cohere']) {
      const provider = providers[name]({ name, baseUrl: 'http://x', fetch, world })
      const earlier = loaded()
      await (async () => { for await (const _ of provider.generate(request, { signal })); })().catch(() => {})
      steps.push(loaded().filter((one) => !earlier.includes(one)))
    }
    console.log(JSON.stringify(steps))`
  expect(JSON.parse(await node(code))).toEqual([[], ...wires.map((wire) => [wire])])
})

test('a secret shows itself to nobody who does not ask', () => {
  const secret = new Secret('hunter2')
  const shown = [
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true }),
    String(secret),
    inspect(secret),
  ]
  for (const text of shown) {
    expect(text).toContain('***')
    expect(text).not.toContain('hunter2')
  }
  expect(Object.values(secret)).toEqual([])
  expect(secret.reveal()).toBe('hunter2')
})

test('the first example of the README runs and says what it promises', async () => {
  const readme = readFileSync(`${here}README.md`, 'utf8')
  const [, code = ''] = /```ts\n(.*?)```/s.exec(readme) ?? []
  const [, promised = 'nothing'] = /```text\n(.*?)```/s.exec(readme) ?? []
  expect(await node(code)).toBe(promised)
})

describe('a scripted provider', () => {
  test('gives its answers in order and keeps the requests', async () => {
    using provider = scriptedProvider([scriptedAnswer('one'), (request) => scriptedAnswer(request.model)])
    expect(textOf((await run(provider)).events)).toBe('one')
    expect(textOf((await run(provider)).events)).toBe('m-1')
    expect(provider.requests).toEqual([ASK, ASK])
  })

  test('fails on a call too many and on one too few', async () => {
    const provider = scriptedProvider([scriptedAnswer('one')])
    expect(() => provider.assertFinished()).toThrow('1 answers were scripted, 0 were asked for')
    await run(provider)
    provider.assertFinished()
    await expect(run(provider)).rejects.toThrow('call 2, but only 1')
    expect(() => provider[Symbol.dispose]()).toThrow('2 were asked for')
  })

  test('throws its faults after what came before, and refuses a script without an end', async () => {
    const fault = new Fault('unavailable', 'x')
    const provider = scriptedProvider([{ after: [{ type: 'text', text: 'a' }], fault }, [{ type: 'text', text: 'a' }]])
    expect(await run(provider)).toEqual({ events: [{ type: 'text', text: 'a' }], fault })
    await expect(run(provider)).rejects.toThrow('0 finished events')
  })

  test('hears the abort', async () => {
    const provider = scriptedProvider([scriptedAnswer('one')])
    expect((await run(provider, ASK, AbortSignal.abort())).fault?.code).toBe('cancelled')
  })
})

test('a replay server serves byte for byte and says when it is asked too often', async () => {
  const body = Uint8Array.from([0, 255, 13, 10, 128])
  await using server = await replayServer([
    { status: 207, headers: { 'x-a': 'b', 'content-length': '99' }, body, split: 'bytes' },
  ])
  const first = await fetch(`${server.url}/p?q`, { method: 'POST', body: 'hello' })
  expect([first.status, first.headers.get('x-a')]).toEqual([207, 'b'])
  expect(new Uint8Array(await first.arrayBuffer())).toEqual(body)
  expect(server.requests).toMatchObject([{ method: 'POST', path: '/p?q', body: 'hello' }])
  expect((await fetch(server.url)).status).toBe(500)
})
