import { fakeWorld } from '@nacre/kit/testing'
import type { HttpFetch } from '@nacre/providers'
import type { ModelEvent } from '@nacre/types'
import { beforeAll, describe, expect, test } from 'vitest'
import { ASK, delta, run, speaking, sse } from './support.js'

const never = new Promise<never>(() => {})
const bytes = (...chunks: unknown[]) => new TextEncoder().encode(sse(...chunks))
const tick = () => new Promise((resolve) => setImmediate(resolve))
const settle = async () => {
  for (let n = 0; n < 20; n++) await tick()
}

/** Loaded late; here they must not be what a test waits for. */
beforeAll(async () => {
  await import('eventsource-parser')
  await import('../dist/stream.js')
  await import('../dist/openai-chat.js')
})

const until = async (reached: () => boolean) => {
  while (!reached()) await tick()
}

/** A network that sends these chunks and then says nothing; it notes whether it was let go. */
function silentAfter(...chunks: readonly Uint8Array[]) {
  const seen = { closed: false, waiting: false }
  const fetch: HttpFetch = async (_, { signal }) => {
    signal.addEventListener('abort', () => {
      seen.closed = true
    })
    const body = (async function* () {
      yield* chunks
      seen.waiting = true
      await never
    })()
    return { status: 200, headers: { get: () => undefined }, body }
  }
  return { fetch, seen }
}

const CLOCKS = { firstByteMs: 1000, betweenChunksMs: 200, totalMs: 5000 }

describe('a clock', () => {
  test('of the first byte runs while the request is not answered', async () => {
    const world = fakeWorld()
    let [asked, closed] = [false, false]
    const fetch: HttpFetch = (_, { signal }) => {
      asked = true
      signal.addEventListener('abort', () => {
        closed = true
      })
      return never
    }
    const running = run(speaking('openai-chat', fetch, { world, clocks: CLOCKS }))
    await until(() => asked)
    await world.advance(999)
    expect(closed).toBe(false)
    await world.advance(1)
    const { fault } = await running
    expect(fault).toMatchObject({ code: 'timeout', retry: 'now' })
    expect(fault?.message).toContain('firstByteMs')
    expect(fault?.mend).toContain('firstByteMs')
    expect(closed).toBe(true)
  })

  test('of the first byte goes on after the headers', async () => {
    const world = fakeWorld()
    const { fetch, seen } = silentAfter()
    const slow: HttpFetch = async (...asked) => {
      await world.sleep(600)
      return fetch(...asked)
    }
    const running = run(speaking('openai-chat', slow, { world, clocks: CLOCKS }))
    await until(() => world.sleeping > 0)
    await world.advance(600)
    await until(() => seen.waiting)
    await world.advance(400)
    expect((await running).fault?.message).toContain('firstByteMs')
  })

  test('between chunks starts anew with each', async () => {
    const world = fakeWorld()
    const { fetch, seen } = silentAfter(bytes(delta({ content: 'a' })), bytes(delta({ content: 'b' })))
    const running = run(speaking('openai-chat', fetch, { world, clocks: CLOCKS }))
    await until(() => seen.waiting)
    await world.advance(200)
    const { fault, events } = await running
    expect(fault?.message).toContain('betweenChunksMs')
    expect(events.length).toBe(2)
    expect(seen.closed).toBe(true)
    expect(world.sleeping).toBe(0)
  })

  test('of the whole call adds up the waits, and names itself', async () => {
    const world = fakeWorld()
    const fetch: HttpFetch = async () => {
      const body = (async function* () {
        for (;;) {
          await world.sleep(150)
          yield bytes(delta({ content: 'x' }))
        }
      })()
      return { status: 200, headers: { get: () => undefined }, body }
    }
    const running = run(speaking('openai-chat', fetch, { world, clocks: { ...CLOCKS, totalMs: 1000 } }))
    for (let n = 0; n < 30; n++) {
      await world.advance(50)
      await settle()
    }
    expect((await running).fault?.message).toContain('totalMs')
  })

  test('is no longer after the clock on the wall was put back by a day', async () => {
    const fake = fakeWorld()
    let back = 0
    const world = { ...fake, now: () => fake.now() - back }
    const fetch: HttpFetch = async () => {
      await tick()
      back = 86_400_000
      return { status: 200, headers: { get: () => undefined }, body: silent() }
    }
    async function* silent() {
      yield* []
      await never
    }
    const running = run(speaking('openai-chat', fetch, { world, clocks: CLOCKS }))
    await settle()
    await fake.advance(CLOCKS.firstByteMs)
    expect((await running).fault).toMatchObject({ code: 'timeout', message: expect.stringContaining('firstByteMs') })
  })

  test('stands still while the consumer is slow', async () => {
    const world = fakeWorld()
    const body = bytes(delta({ content: 'a' }), delta({ content: 'b' }), delta({}, 'stop'), '[DONE]')
    const { fetch } = silentAfter(body.subarray(0, 60), body.subarray(60))
    const events: ModelEvent[] = []
    const provider = speaking('openai-chat', fetch, { world, clocks: CLOCKS })
    const reading = (async () => {
      for await (const event of provider.generate(ASK, { signal: new AbortController().signal })) {
        events.push(event)
        await world.advance(100_000)
      }
    })()
    await until(() => events.at(-1)?.type === 'finished' && world.sleeping > 0)
    await world.advance(1000)
    await reading
    expect(events.at(-1)?.type).toBe('finished')
  })

  test('that runs out after a finish_reason takes nothing away', async () => {
    const world = fakeWorld()
    const { fetch, seen } = silentAfter(bytes(delta({ content: 'a' }), delta({}, 'stop')))
    const running = run(speaking('openai-chat', fetch, { world, clocks: CLOCKS }))
    await until(() => seen.waiting)
    await world.advance(200)
    expect((await running).finished?.reason).toBe('stop')
  })
})

test('a server that has said everything gets a moment to end its answer', async () => {
  const end = { reached: false, aborted: false }
  const fetch: HttpFetch = async (_, { signal }) => {
    const body = (async function* () {
      yield bytes(delta({ content: 'a' }), delta({}, 'stop'), '[DONE]')
      await settle()
      Object.assign(end, { reached: true, aborted: signal.aborted })
    })()
    return { status: 200, headers: { get: () => undefined }, body }
  }
  await run(speaking('openai-chat', fetch))
  expect(end).toEqual({ reached: true, aborted: false })
})

describe('an abort', () => {
  test('before, while waiting, and twice, is a Fault cancelled at once', async () => {
    const aborted = AbortSignal.abort()
    const { fetch, seen } = silentAfter(bytes(delta({ content: 'a' })))
    expect((await run(speaking('openai-chat', fetch), ASK, aborted)).fault?.code).toBe('cancelled')
    const stop = new AbortController()
    const running = run(speaking('openai-chat', fetch), ASK, stop.signal)
    await until(() => seen.waiting)
    stop.abort()
    stop.abort()
    expect((await running).fault?.code).toBe('cancelled')
    expect(seen.closed).toBe(true)
  })

  test('between two events of one chunk ends the answer there', async () => {
    const { fetch, seen: line } = silentAfter(
      bytes(delta({ content: 'a' }), delta({ content: 'b' }), delta({}, 'stop'), '[DONE]'),
    )
    const stop = new AbortController()
    const seen: string[] = []
    const reading = (async () => {
      for await (const event of speaking('openai-chat', fetch).generate(ASK, { signal: stop.signal })) {
        seen.push(event.type)
        stop.abort()
        // The consumer has not come back yet, and the connection is gone.
        expect(line.closed).toBe(true)
      }
    })()
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
    expect(seen).toEqual(['text'])
  })

  test('is not needed by a consumer who just leaves', async () => {
    const { fetch, seen } = silentAfter(bytes(delta({ content: 'a' })))
    for await (const _ of speaking('openai-chat', fetch).generate(ASK, { signal: new AbortController().signal })) break
    expect(seen.closed).toBe(true)
  })
})
