import { fakeWorld } from '@nacre/kit/testing'
import { type RetryOptions, withRetry } from '@nacre/providers'
import { type ScriptedStep, scriptedAnswer, scriptedProvider } from '@nacre/providers/testing'
import { Fault, type ModelEvent, type World } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { retryAfter } from '../dist/retry-after.js'
import { ASK, run, textOf } from './support.js'

const down = new Fault('unavailable', 'down', { retry: 'now', mend: 'wait' })
const bad = new Fault('provider_error', 'bad request')
const text = (word: string): ModelEvent => ({ type: 'text', text: word })

/** A world in which sleeping takes no time but is noted. */
function notingWorld(): World & { slept: number[] } {
  let now = 0
  const slept: number[] = []
  const world = { ...fakeWorld(), now: () => now, random: () => 0.5, slept }
  const sleep = async (ms: number) => {
    now += ms
    slept.push(ms)
  }
  return { ...world, sleep }
}
async function tried(steps: readonly ScriptedStep[], more: Partial<RetryOptions> = {}) {
  const world = notingWorld()
  const provider = scriptedProvider(steps)
  const outcome = await run(withRetry(provider, { world, ...more }))
  return { ...outcome, slept: world.slept, asked: provider.requests.length }
}

describe('a call is asked again', () => {
  test('until it answers, after waits that grow', async () => {
    const { finished, slept } = await tried([{ fault: down }, { fault: down }, { fault: down }, scriptedAnswer('Hi')])
    expect(finished?.reason).toBe('stop')
    expect(slept).toEqual([250, 500, 1000])
  })

  test('after what the server asked for, and never sooner', async () => {
    const busy = new Fault('rate_limited', 'busy', { retry: { afterMs: 7000 } })
    expect((await tried([{ fault: busy }, scriptedAnswer('Hi')])).slept).toEqual([7250])
  })

  test('at most so often, and the last fault says how often', async () => {
    const { fault, asked } = await tried([{ fault: down }, { fault: down }], { attempts: 2 })
    expect(asked).toBe(2)
    expect(fault).toMatchObject({ code: 'unavailable', message: 'down (tried 2 times)', mend: 'wait' })
  })

  test('not beyond the budget of time', async () => {
    const busy = new Fault('rate_limited', 'busy', { retry: { afterMs: 200_000 } })
    const { fault, asked, slept } = await tried([{ fault: busy }])
    expect([asked, slept, fault?.retry]).toEqual([1, [], { afterMs: 200_000 }])
  })
})

describe('a call is not asked again', () => {
  test('for longer because the clock on the wall was put back', async () => {
    const busy = new Fault('rate_limited', 'busy', { retry: { afterMs: 100_000 } })
    const slept: number[] = []
    let now = 0
    const world = {
      ...fakeWorld(),
      now: () => now,
      async sleep(ms: number) {
        slept.push(ms)
        now -= 86_400_000
      },
    }
    const provider = scriptedProvider([{ fault: busy }, { fault: busy }])
    const { fault } = await run(withRetry(provider, { world }))
    expect([fault?.code, slept.length]).toEqual(['rate_limited', 1])
  })

  test('where that cannot help', async () => {
    expect((await tried([{ fault: bad }])).asked).toBe(1)
    expect((await tried([{ fault: new Fault('cancelled', 'stop', { retry: 'now' }) }])).asked).toBe(1)
  })

  test('once something was seen: that is a cut stream', async () => {
    const { fault, asked, events } = await tried([{ after: [text('He')], fault: down }])
    expect([asked, textOf(events)]).toEqual([1, 'He'])
    expect(fault).toMatchObject({ code: 'stream_cut', retry: 'now', cause: down })
    expect((await tried([{ after: [text('He')], fault: bad }])).fault).toBe(bad)
  })

  test('while it waits and is cancelled', async () => {
    const world = fakeWorld()
    const stop = new AbortController()
    const provider = scriptedProvider([{ fault: down }])
    const running = run(withRetry(provider, { world }), ASK, stop.signal)
    while (world.sleeping === 0) await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    expect((await running).fault?.code).toBe('cancelled')
    expect(world.sleeping).toBe(0)
  })

  test('after a bug, which is no Fault', async () => {
    await expect(tried([])).rejects.toThrow('only 0 answers')
  })
})

test('who leaves an answer that goes on leaves the provider behind it', async () => {
  let left = false
  const endless = {
    name: 'endless',
    async *generate() {
      try {
        for (;;) yield text('a')
      } finally {
        left = true
      }
    },
  }
  for await (const _ of withRetry(endless, { world: fakeWorld() }).generate(ASK, { signal: AbortSignal.timeout(5000) }))
    break
  expect(left).toBe(true)
})

test('no visible event is ever seen twice', async () => {
  const fault = fc.constantFrom(down, bad, new Fault('timeout', 't', { retry: 'now' }))
  const broken = fc.record({ after: fc.array(fc.string().map(text), { maxLength: 3 }), fault })
  const steps = fc.array(fc.oneof(broken, fc.constant(scriptedAnswer('the whole answer'))), {
    minLength: 4,
    maxLength: 4,
  })
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const { events, finished, asked } = await tried(script)
      const used = script[asked - 1] ?? []
      const visible = 'fault' in used ? used.after : used
      expect(events).toEqual(visible)
      expect(finished !== undefined).toBe(!('fault' in used))
      for (const before of script.slice(0, asked - 1)) expect('fault' in before && before.after.length).toBe(0)
    }),
  )
})

test.each([
  [{ 'retry-after': '2' }, 2000],
  [{ 'retry-after': ' 0.5 ' }, 500],
  [{ 'retry-after-ms': '70', 'retry-after': '2' }, 70],
  [{ 'retry-after-ms': '0', 'retry-after': '1' }, 1000],
  [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT' }, 30_000],
  [{ 'retry-after': 'Wed, 21 Oct 2026 07:27:00 GMT' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '-5' }, undefined],
  [{ 'retry-after': '99999999' }, 86_400_000],
  [{}, undefined],
])('the headers %j ask for %s ms', (headers: Record<string, string>, ms) => {
  expect(retryAfter({ get: (name) => headers[name] }, Date.UTC(2026, 9, 21, 7, 28, 0))).toBe(ms)
})
