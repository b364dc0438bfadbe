import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemWorld } from '@nacre/kit'
import { anthropicMessages, openaiChat, Secret, undiciFetch, withRetry } from '@nacre/providers'
import { type ReplayExchange, replayServer } from '@nacre/providers/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { ASK, delta, run, sse, textOf } from './support.js'

/** Real sockets, and servers that misbehave on them. */

const fetch = undiciFetch()
afterAll(() => fetch.close())
const world = { ...systemWorld(), random: () => 0 }
const HI = sse(delta({ content: 'Hi' }), delta({}, 'stop'), '[DONE]')
const at = (url: string, more: object = {}) => openaiChat({ name: 'vendor', baseUrl: url, fetch, world, ...more })
const ask = async (exchange: ReplayExchange, more: object = {}) => {
  await using server = await replayServer([exchange])
  return await run(at(server.url, more))
}
const error = (message: string, more: object = {}) => JSON.stringify({ error: { message, ...more } })

const portOf = (server: Server) => {
  const address = server.address()
  return typeof address === 'object' ? address?.port : 0
}

describe('a status', () => {
  test.each([
    [400, 'provider_error', 'never'],
    [401, 'unauthenticated', 'never'],
    [402, 'provider_error', 'never'],
    [403, 'unauthenticated', 'never'],
    [404, 'provider_error', 'never'],
    [302, 'provider_error', 'never'],
    [408, 'unavailable', 'now'],
    [413, 'provider_error', 'never'],
    [429, 'rate_limited', 'now'],
    [500, 'unavailable', 'now'],
    [503, 'unavailable', 'now'],
    [524, 'unavailable', 'now'],
    [529, 'unavailable', 'now'],
  ])('%i is %s, to be tried again: %s', async (status, code, retry) => {
    const { fault } = await ask({ status, body: error('the reason') })
    expect(fault).toMatchObject({ code, retry })
    expect(fault?.message).toMatch(
      new RegExp(`^vendor \\(127\\.0\\.0\\.1:\\d+\\) answered HTTP ${status}: the reason$`),
    )
    expect(fault?.mend).toBeTruthy()
  })

  test('of a request that is refused stays refused, whatever a header says', async () => {
    for (const status of [400, 401, 403, 404])
      expect((await ask({ status, headers: { 'x-should-retry': 'true' }, body: '' })).fault?.retry).toBe('never')
    expect((await ask({ status: 500, headers: { 'x-should-retry': 'false' }, body: '' })).fault?.retry).toBe('never')
    expect((await ask({ status: 429, body: error('pay', { code: 'insufficient_quota' }) })).fault?.retry).toBe('never')
    expect((await ask({ status: 429, headers: { 'retry-after': '3' }, body: '' })).fault?.retry).toEqual({
      afterMs: 3000,
    })
  })

  test.each(['API key not valid. Please pass a valid API key.', 'Incorrect API key provided. You can obtain one.'])(
    '400 is a wrong key where the vendor says %j',
    async (message) => {
      expect((await ask({ status: 400, body: error(message) })).fault?.code).toBe('unauthenticated')
    },
  )

  test('of Google asks to wait in its body, and a header is worth more', async () => {
    const body = error('quota', { details: [{ '@type': 'x' }, { retryDelay: '48.5s' }] })
    expect((await ask({ status: 429, body })).fault?.retry).toEqual({ afterMs: 48_500 })
    expect((await ask({ status: 429, headers: { 'retry-after': '3' }, body })).fault?.retry).toEqual({ afterMs: 3000 })
    expect((await ask({ status: 429, body: error('quota', { details: [{ retryDelay: 'soon' }] }) })).fault?.retry).toBe(
      'now',
    )
  })

  test('quotes the vendor briefly, in one line, and without the key', async () => {
    const auth = { header: 'authorization', value: new Secret('Bearer hunter2-hunter2') }
    const body = error(
      `Incorrect key: hunter2-hunter2\n\u001b[31m sk-proj-abcdefgh1234 sk-ant-***********XYZ ${'long '.repeat(400)}`,
    )
    const { fault } = await ask({ status: 401, body }, { auth })
    expect(fault?.message).not.toMatch(/hunter2|abcdefgh|XYZ|\p{Cc}/u)
    expect(fault?.message.length).toBeLessThan(560)
    const page = await ask({ status: 502, body: '<html><body><h1>Bad gateway</h1></body></html>' })
    expect(page.fault?.message).toMatch(/HTTP 502: Bad gateway$/)
    const long = await ask({ status: 400, body: error("This model's maximum context length is 9 tokens.") })
    expect(long.fault?.mend).toContain('compact')
  })
})

describe('a connection', () => {
  test('reset within the answer is a cut stream, with what had come', async () => {
    const { fault, events } = await ask({ body: HI.slice(0, HI.indexOf('\n\n') + 10), end: 'reset' })
    expect(fault).toMatchObject({ code: 'stream_cut', retry: 'now' })
    expect(textOf(events)).toBe('Hi')
  })

  test('reset after [DONE] takes nothing away', async () => {
    expect((await ask({ body: HI, end: 'reset' })).finished?.reason).toBe('stop')
  })

  test('that stalls runs into the clock, and is closed', async () => {
    await using server = await replayServer([
      { body: HI.slice(0, 20), end: 'stall' },
      { body: '', silent: true },
    ])
    const clocks = { firstByteMs: 60, betweenChunksMs: 60 }
    expect((await run(at(server.url, { clocks }))).fault?.message).toContain('betweenChunksMs')
    expect((await run(at(server.url, { clocks }))).fault?.message).toContain('firstByteMs')
    while (server.brokenOff() < 2) await new Promise((resolve) => setImmediate(resolve))
  })

  test('is closed at once by an abort', async () => {
    await using server = await replayServer([{ body: HI.slice(0, 80), end: 'stall' }])
    const stop = new AbortController()
    const running = run(at(server.url), ASK, stop.signal)
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    expect((await running).fault?.code).toBe('cancelled')
    while (server.brokenOff() < 1) await new Promise((resolve) => setImmediate(resolve))
  })

  test('to nobody is unavailable, and says where', async () => {
    const { fault } = await run(at('http://127.0.0.1:1'))
    expect(fault).toMatchObject({ code: 'unavailable', retry: 'now' })
    expect(fault?.message).toContain('127.0.0.1:1')
  })

  test('to a host without a name is unavailable', async () => {
    expect((await run(at('http://nowhere.invalid'))).fault).toMatchObject({ code: 'unavailable', retry: 'now' })
  })

  test('that never stands runs into connectMs', async () => {
    // It takes the connection and then says nothing of TLS.
    const mute = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => mute.once('listening', resolve))
    await using slow = undiciFetch({ connectMs: 50 })
    const { fault } = await run(at(`https://127.0.0.1:${portOf(mute)}`, { fetch: slow }))
    expect(fault).toMatchObject({ code: 'timeout', retry: 'now' })
    expect(fault?.message).toContain('connectMs')
    expect(fault?.mend).toContain('connectMs')
    mute.close()
  })

  test('that speaks no HTTP is a fault', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.end('garbage\r\n\r\n'))).listen(
      0,
      '127.0.0.1',
    )
    await new Promise((resolve) => server.once('listening', resolve))
    expect((await run(at(`http://127.0.0.1:${portOf(server)}`))).fault).toMatchObject({
      code: 'provider_error',
      retry: 'never',
    })
    server.close()
  })

  test('goes over a unix socket where one is named', async () => {
    const socketPath = join(tmpdir(), `nacre-providers-${process.pid}.sock`)
    await using _server = await replayServer([{ body: HI }], { socketPath })
    await using local = undiciFetch({ socketPath })
    expect(textOf((await run(at('http://broker/openai', { fetch: local }))).events)).toBe('Hi')
    const missing = undiciFetch({ socketPath: `${socketPath}.missing` })
    expect((await run(at('http://broker', { fetch: missing }))).fault?.message).toContain('nobody listens there')
  })

  test('is used again after a whole answer', async () => {
    await using server = await replayServer(() => ({ body: HI }))
    for (let n = 0; n < 6; n++) await run(at(server.url))
    // undici gives a connection free a moment late, so that there may be two.
    expect(new Set(server.requests.map((request) => request.port)).size).toBeLessThan(3)
  })

  test('of a closed pool is refused', async () => {
    const closed = undiciFetch()
    await closed.close()
    expect((await run(at('http://127.0.0.1:1', { fetch: closed }))).fault?.code).toBe('closed')
  })
})

test('a server in trouble is asked again until it answers', async () => {
  const exchanges: ReplayExchange[] = [
    { status: 429, headers: { 'retry-after-ms': '5' }, body: '' },
    { status: 529, body: error('Overloaded') },
    { body: '', end: 'reset' },
    { body: ': nothing yet\n\n' },
    { body: HI },
  ]
  await using server = await replayServer(exchanges)
  const outcome = await run(withRetry(at(server.url), { attempts: 5, world }))
  expect(textOf(outcome.events)).toBe('Hi')
  expect(server.requests.length).toBe(5)
})

test('a refused request is asked once', async () => {
  await using server = await replayServer([{ status: 401, body: '' }])
  const provider = anthropicMessages({ name: 'vendor', baseUrl: server.url, fetch, world })
  expect((await run(withRetry(provider, { world }))).fault?.code).toBe('unauthenticated')
  expect(server.requests.length).toBe(1)
})

test('undici’s own clocks are off', async () => {
  // They cannot be waited for, 300 s each: the pool is asked what it was told.
  const { Agent } = await import('undici')
  await using pool = undiciFetch()
  await using server = await replayServer([{ body: HI }])
  const seen: object[] = []
  const dispatch = Agent.prototype.dispatch
  Agent.prototype.dispatch = function (options, handler) {
    const symbol = Object.getOwnPropertySymbols(this).find((one) => one.description === 'options')
    if (symbol) seen.push(Reflect.get(this, symbol))
    return dispatch.call(this, options, handler)
  }
  await run(at(server.url, { fetch: pool })).finally(() => {
    Agent.prototype.dispatch = dispatch
  })
  expect(seen[0]).toMatchObject({ headersTimeout: 0, bodyTimeout: 0 })
})
