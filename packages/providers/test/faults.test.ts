import { gzipSync } from 'node:zlib'
import { systemWorld } from '@nacre/kit'
import { fakeWorld } from '@nacre/kit/testing'
import { type HttpFetch, undiciFetch, withRetry } from '@nacre/providers'
import { type ReplayExchange, replayServer } from '@nacre/providers/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { ASK, delta, run, speaking, sse, textOf, WIRE_NAMES, type WireName } from './support.js'

/** Every wire against a server that fails in every way we know, over real sockets. */

const fetch = undiciFetch()
afterAll(() => fetch.close())
const world = { ...systemWorld(), random: () => 0 }

const anthropic = sse(
  { type: 'message_start', message: { usage: { input_tokens: 3 } } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } },
  { type: 'message_stop' },
)
const candidate = (more: object) => ({ candidates: [{ index: 0, ...more }] })
/** An answer that says Hi, the word that ends it, and what a server sends to show that it lives. */
const ANSWERS: Record<WireName, { body: string; end: RegExp; alive: string }> = {
  'openai-chat': {
    body: sse(delta({ content: 'Hi' }), delta({}, 'stop'), '[DONE]'),
    end: /"finish_reason":"/,
    alive: ': keep-alive\n\n',
  },
  'openai-responses': {
    body: sse(
      { type: 'response.output_text.delta', output_index: 0, delta: 'Hi' },
      { type: 'response.completed', response: { status: 'completed', output: [] } },
    ),
    end: /response\.completed/,
    alive: 'event: keepalive\ndata: {"type":"keepalive"}\n\n',
  },
  'anthropic-messages': { body: anthropic, end: /stop_reason/, alive: 'event: ping\ndata: {"type":"ping"}\n\n' },
  'anthropic-vertex': { body: anthropic, end: /stop_reason/, alive: ': ping\n\n' },
  gemini: {
    body: sse(candidate({ content: { parts: [{ text: 'Hi' }] } }), candidate({ finishReason: 'STOP' })),
    end: /finishReason/,
    alive: ': wait\r\n\r\n',
  },
  'ollama-chat': {
    body: `${JSON.stringify({ message: { content: 'Hi' }, done: false })}\n${JSON.stringify({ message: { content: '' }, done: true })}\n`,
    end: /"done":true/,
    alive: '\n',
  },
  'cohere-v2': {
    body: sse(
      { type: 'content-delta', index: 0, delta: { message: { content: { text: 'Hi' } } } },
      { type: 'message-end', delta: { finish_reason: 'COMPLETE' } },
    ),
    end: /finish_reason/,
    alive: ': wait\n\n',
  },
}
const BOMB = gzipSync(Buffer.alloc(100 * 1024 * 1024))
const error = JSON.stringify({ error: { message: 'the reason' } })

describe.each(WIRE_NAMES)('over %s', (wire) => {
  const { body, end, alive } = ANSWERS[wire]
  const at = (baseUrl: string, more: object = {}) => speaking(wire, fetch, { baseUrl, world, ...more })
  const ask = async (exchange: ReplayExchange, more: object = {}) => {
    await using server = await replayServer([exchange])
    return await run(at(server.url, more))
  }

  test('a connection reset after any number of bytes is a cut stream, or nothing was missing', async () => {
    const cuts = Array.from({ length: 24 }, (_, at) => Math.floor((body.length / 24) * at))
    await using server = await replayServer(cuts.map((cut) => ({ body: body.slice(0, cut), end: 'reset' })))
    for (const cut of cuts) {
      const { fault, finished } = await run(at(server.url))
      if (finished === undefined) expect(fault).toMatchObject({ retry: 'now' })
      else expect(body.slice(0, cut)).toMatch(end)
    }
  })

  test('a stall runs into the clock between chunks, late headers into that of the first byte', async () => {
    const clocks = { firstByteMs: 50, betweenChunksMs: 50 }
    const half = body.slice(0, body.indexOf('Hi') + 1)
    expect((await ask({ body: half, end: 'stall' }, { clocks })).fault?.message).toContain('betweenChunksMs')
    expect((await ask({ body: '', silent: true }, { clocks })).fault?.message).toContain('firstByteMs')
  })

  test.each([
    [429, { 'retry-after': '7' }, 'rate_limited', { afterMs: 7000 }],
    [429, {}, 'rate_limited', 'now'],
    [500, {}, 'unavailable', 'now'],
    [529, {}, 'unavailable', 'now'],
    [401, {}, 'unauthenticated', 'never'],
  ])('status %i with %j', async (status, headers, code, retry) => {
    const { fault } = await ask({ status, headers, body: error })
    expect(fault).toMatchObject({ code, retry, message: expect.stringContaining(`HTTP ${status}: the reason`) })
  })

  test.each([
    ['bytes of no meaning', Uint8Array.from({ length: 4096 }, (_, at) => (at * 197) % 256)],
    ['a web page', '<!doctype html><h1>Please sign in</h1>'],
    ['words', 'upstream connect error or disconnect/reset before headers'],
    ['nothing', ''],
    ['JSON of something else', '{"hello":1}'],
  ])('%s for an answer is a fault and no answer', async (_, garbage) => {
    const { fault, events } = await ask({ body: garbage })
    expect(fault?.code).toMatch(/provider_error|stream_cut/)
    expect(events).toEqual([])
  })

  test('a body that would unfold to 100 MB stays folded', async () => {
    const { fault } = await ask({ headers: { 'content-encoding': 'gzip' }, body: BOMB })
    expect(fault).toMatchObject({ code: 'provider_error', message: expect.stringContaining('no event stream') })
  })

  test.each(['data: {"x":"', '{"x":"'])(
    'a line of 100 MB that begins with %s is not read to its end',
    async (start) => {
      const chunk = new Uint8Array(1024 * 1024).fill(0x78)
      let pulled = 0
      const flood: HttpFetch = async () => ({
        status: 200,
        headers: { get: () => undefined },
        body: (async function* () {
          yield new TextEncoder().encode(start)
          for (pulled = 1; pulled <= 100; pulled++) yield chunk
        })(),
      })
      expect((await run(speaking(wire, flood))).fault?.code).toBe('provider_error')
      expect(pulled).toBeLessThan(40)
    },
  )

  test('signs of life keep the clock between chunks from running out', async () => {
    const slow = fakeWorld()
    const fetch: HttpFetch = async () => ({
      status: 200,
      headers: { get: () => undefined },
      body: (async function* () {
        for (let n = 0; n < 20; n++) {
          yield new TextEncoder().encode(alive)
          await slow.sleep(150)
        }
        yield new TextEncoder().encode(body)
      })(),
    })
    const running = run(speaking(wire, fetch, { world: slow, clocks: { firstByteMs: 200, betweenChunksMs: 200 } }))
    let ended = false
    const watched = running.finally(() => {
      ended = true
    })
    while (!ended) {
      await slow.advance(slow.sleeping > 0 ? 50 : 0)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(textOf((await watched).events)).toBe('Hi')
  })

  test('an abort closes the connection at once, whatever was said', async () => {
    await using server = await replayServer([{ body: body.slice(0, body.indexOf('Hi') + 1), end: 'stall' }])
    const stop = new AbortController()
    const running = run(at(server.url), ASK, stop.signal)
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    expect((await running).fault?.code).toBe('cancelled')
    while (server.brokenOff() < 1) await new Promise((resolve) => setImmediate(resolve))
  })

  test('a server in trouble is asked again until it answers', async () => {
    const exchanges: ReplayExchange[] = [
      { status: 429, headers: { 'retry-after-ms': '2' }, body: '' },
      { status: 529, body: error },
      { body: '', end: 'reset' },
      { body },
    ]
    await using server = await replayServer(exchanges)
    const outcome = await run(withRetry(at(server.url), { attempts: 4, baseMs: 1, world }))
    expect(textOf(outcome.events)).toBe('Hi')
    expect(server.requests.length).toBe(4)
  })
})
