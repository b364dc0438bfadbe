import { systemWorld } from '@nacre/kit'
import { openaiChat, Secret, undiciFetch } from '@nacre/providers'
import { openGates, router } from '@nacre/providers/routing'
import { type ReplayExchange, type ReplayServer, replayServer } from '@nacre/providers/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { ASK, delta, run, sse, textOf } from './support.js'

/** Routes over real connections: what a vendor does on the wire decides who is asked next. */

const fetch = undiciFetch()
afterAll(() => fetch.close())
const world = systemWorld()

const says = (text: string): ReplayExchange => ({
  headers: { 'content-type': 'text/event-stream' },
  body: sse(
    delta({ content: text }),
    delta({}, 'stop'),
    { choices: [], usage: { prompt_tokens: 9, completion_tokens: 1 } },
    '[DONE]',
  ),
})
const refuses = (status: number, headers: Record<string, string> = {}): ReplayExchange => ({
  status,
  headers,
  body: '{"error":{"message":"no"}}',
})

function routed(servers: readonly ReplayServer[], limits: Parameters<typeof openGates>[0] = new Map()) {
  const gates = openGates(limits, world)
  const routes = servers.map(({ url }, n) => {
    const name = `vendor-${n}`
    const auth = { header: 'authorization', value: new Secret(`Bearer sk-${n}-hush`) }
    return { provider: openaiChat({ name, baseUrl: url, fetch, world, auth }), model: `m-${n}` }
  })
  return router({ name: 'r', routes, gates, world })
}

describe('on the wire', () => {
  test.each([
    ['429', refuses(429, { 'retry-after': '30' })],
    ['503', refuses(503)],
    ['a reset before the first event', { ...says(''), body: ': wait\n\n', end: 'reset' }],
  ] as const)('%s sends the call on, under the next model’s name and with the next one’s key', async (_, first) => {
    await using a = await replayServer([first])
    await using b = await replayServer([says('from b')])
    const { events, finished } = await run(routed([a, b]))
    expect([textOf(events), finished?.by]).toEqual(['from b', { provider: 'vendor-1', model: 'm-1' }])
    expect([a, b].map(({ requests }) => requests[0]?.headers.authorization)).toEqual([
      'Bearer sk-0-hush',
      'Bearer sk-1-hush',
    ])
    expect(JSON.parse(b.requests[0]?.body ?? '')).toMatchObject({ model: 'm-1' })
  })

  test.each([
    ['401', refuses(401)],
    ['400', refuses(400)],
    [
      'a reset after the first word',
      { ...says('half an answ'), body: sse(delta({ content: 'half an answ' })), end: 'reset' },
    ],
  ] as const)('%s does not, and shows no key', async (_, first) => {
    await using a = await replayServer([first])
    await using b = await replayServer([says('from b')])
    const { fault } = await run(routed([a, b]))
    expect(fault?.message).toContain('vendor-0')
    expect(fault?.message).not.toContain('hush')
    expect(b.requests).toHaveLength(0)
  })

  test('of 50 calls at once over a quota of 10 and two slots no more reach the vendor', async () => {
    await using a = await replayServer(() => says('hello'))
    const quota = { counts: 'messages', limit: 10, windowMs: 3_600_000, window: 'sliding' } as const
    const all = routed([a], new Map([['vendor-0', { quotas: [quota] }]]))
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => run(all)))
    expect(a.requests).toHaveLength(10)
    expect(outcomes.filter(({ fault }) => fault?.code === 'rate_limited')).toHaveLength(40)

    await using b = await replayServer(() => ({ ...says('hello'), end: 'stall' }))
    const two = routed([b], new Map([['vendor-0', { concurrent: 2 }]]))
    const together = await Promise.all(Array.from({ length: 9 }, () => run(two)))
    expect(b.requests).toHaveLength(2)
    expect(together.filter(({ fault }) => fault?.code === 'busy')).toHaveLength(7)
    // Their slots are free again.
    expect((await run(two)).fault).toBeUndefined()
  })

  test('a call that is cancelled in the middle closes its connection and gives its slot back', async () => {
    await using a = await replayServer((_, n) =>
      n === 0 ? { ...says('x'), body: sse(delta({ content: 'x' })), end: 'stall' } : says('again'),
    )
    const one = routed([a], new Map([['vendor-0', { concurrent: 1 }]]))
    const cancel = new AbortController()
    const texts: string[] = []
    const reading = (async () => {
      for await (const event of one.generate(ASK, { signal: cancel.signal })) {
        if (event.type === 'text') texts.push(event.text)
        cancel.abort()
      }
    })()
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
    expect(texts).toEqual(['x'])
    expect(textOf((await run(one)).events)).toBe('again')
  })
})
