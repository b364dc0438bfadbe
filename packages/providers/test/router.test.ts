import { type FakeWorld, fakeWorld } from '@nacre/kit/testing'
import { type GateLimits, type Gates, openGates, type Quota, router } from '@nacre/providers/routing'
import { scriptedAnswer, scriptedProvider } from '@nacre/providers/testing'
import { Fault, type GenerateRequest, type ModelEvent, type Provider } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ASK, run, textOf } from './support.js'

const FAULTS = {
  limited: () => new Fault('rate_limited', 'too much', { retry: 'now' }),
  limitedFor: () => new Fault('rate_limited', 'too much', { retry: { afterMs: 40 } }),
  busy: () => new Fault('busy', 'all hands full', { retry: { afterMs: 3 } }),
  down: () => new Fault('unavailable', 'HTTP 503', { retry: 'now' }),
  late: () => new Fault('timeout', 'no first byte', { retry: 'now' }),
  cut: () => new Fault('stream_cut', 'cut', { retry: 'now' }),
  passing: () => new Fault('provider_error', 'overloaded', { retry: 'now' }),
  key: () => new Fault('unauthenticated', 'HTTP 401'),
  wrong: () => new Fault('provider_error', 'HTTP 400', { mend: 'Look at it.' }),
} as const
type FaultName = keyof typeof FAULTS
const MOVES_ON: readonly string[] = ['limited', 'limitedFor', 'busy', 'down', 'late', 'cut', 'passing']

/** What a provider does with one call: answers, fails at once or after a word, or says nothing until it is cancelled. */
type Act =
  | { readonly does: 'answers' | 'hangs' }
  | { readonly does: 'fails'; readonly how: FaultName; readonly after: boolean }

/** A provider that acts by a list, and what it saw of its calls. */
function actor(name: string, acts: readonly Act[], world: FakeWorld) {
  const asked: { readonly request: GenerateRequest; readonly act: Act }[] = []
  let going = 0
  let most = 0
  const provider: Provider = {
    name,
    async *generate(request, { signal }) {
      const act = acts[asked.length % acts.length] ?? { does: 'answers' }
      asked.push({ request, act })
      most = Math.max(most, ++going)
      try {
        await world.sleep(asked.length % 3, signal)
        if (act.does === 'fails' && !act.after) throw FAULTS[act.how]()
        if (act.does === 'hangs') await world.sleep(1e9, signal)
        if (signal.aborted) throw new Fault('cancelled', 'cancelled')
        yield { type: 'text', text: name }
        await world.sleep(1, signal)
        if (act.does === 'fails') throw FAULTS[act.how]()
        if (signal.aborted) throw new Fault('cancelled', 'cancelled')
        const parts = [{ type: 'text' as const, text: name }]
        yield { type: 'finished', reason: 'stop', parts, usage: { inputTokens: 7, outputTokens: 3 } }
      } finally {
        going--
      }
    },
  }
  return { provider, asked, most: () => most, going: () => going }
}

/** Lets time pass until the work is done. */
async function passing<T>(world: FakeWorld, work: Promise<T>): Promise<T> {
  let done = false
  const settled = () => (done = true)
  work.then(settled, settled)
  while (!done) {
    await world.advance(1)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return work
}

const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.constant<Act>({ does: 'answers' }),
  fc.constant<Act>({ does: 'hangs' }),
  fc.record({
    does: fc.constant('fails' as const),
    how: fc.constantFrom(...(Object.keys(FAULTS) as FaultName[])),
    after: fc.boolean(),
  }),
)
const quotas: fc.Arbitrary<Quota> = fc.record({
  counts: fc.constantFrom('messages', 'tokens'),
  limit: fc.integer({ min: 1, max: 400 }),
  windowMs: fc.integer({ min: 1, max: 50 }),
  window: fc.constantFrom('sliding', 'fixed'),
})
const limits: fc.Arbitrary<Required<GateLimits>> = fc.record({
  concurrent: fc.integer({ min: 1, max: 3 }),
  quotas: fc.array(quotas, { maxLength: 2 }),
})
const routes = fc.array(fc.record({ acts: fc.array(acts, { minLength: 1, maxLength: 5 }), limits }), {
  minLength: 1,
  maxLength: 3,
})
/** When a call begins, and when its caller has enough of it: by cancelling, or by breaking off after the first event. */
const callers = fc.array(
  fc.record({ at: fc.nat(5), cancelAt: fc.integer({ min: 1, max: 30 }), breaks: fc.boolean() }),
  { minLength: 1, maxLength: 8 },
)

/** One caller: what it saw, and the faults and texts it got. */
async function call(
  model: Provider,
  world: FakeWorld,
  caller: { at: number; cancelAt: number; breaks: boolean },
  n: number,
) {
  const events: ModelEvent[] = []
  const cancel = new AbortController()
  await world.sleep(caller.at)
  void world.sleep(caller.cancelAt).then(() => cancel.abort())
  try {
    for await (const event of model.generate(
      { ...ASK, model: `call-${n}`, system: String(n) },
      { signal: cancel.signal },
    )) {
      events.push(event)
      if (caller.breaks) return { events }
    }
    return { events }
  } catch (error) {
    return { events, error }
  }
}

function expectAllSlotsFree(gates: Gates, name: string, concurrent: number) {
  const first = gates.enter(name, 1)
  if (first.type === 'refused') throw new Error(`${name} is shut: ${JSON.stringify(first.refusal)}`)
  first.leave({ type: 'answered' })
  for (let n = 0; n < concurrent; n++) expect(gates.enter(name, 1).type).toBe('entered')
  expect(gates.enter(name, 1)).toMatchObject({ refusal: { type: 'slots' } })
}

describe('whatever its providers and its callers do, a router', () => {
  test('asks in order, moves on only where it may, mixes no answers, keeps within slots, and gets every slot back', async () => {
    await fc.assert(
      fc.asyncProperty(routes, callers, async (spec, people) => {
        const world = fakeWorld()
        const actors = spec.map(({ acts }, n) => actor(`p${n}`, acts, world))
        const gates = openGates(new Map(spec.map(({ limits }, n) => [`p${n}`, limits])), world)
        const model = router({
          name: 'r',
          gates,
          world,
          routes: actors.map(({ provider }) => ({ provider, model: `${provider.name}-m` })),
        })
        const outcomes = await passing(world, Promise.all(people.map((person, n) => call(model, world, person, n))))

        for (const [n, { events, error }] of outcomes.entries()) {
          if (error !== undefined) expect(error).toBeInstanceOf(Fault)
          const speakers = new Set(events.flatMap((event) => (event.type === 'text' ? [event.text] : [])))
          expect(speakers.size).toBeLessThanOrEqual(1)
          const path = actors.flatMap(({ asked }, place) =>
            asked.filter(({ request }) => request.system === String(n)).map((one) => ({ ...one, place })),
          )
          // Each route at most once, in the routes' order, under its own model's name.
          expect(new Set(path.map(({ place }) => place)).size).toBe(path.length)
          for (const { request, place } of path) expect(request.model).toBe(`p${place}-m`)
          for (const { act } of path.slice(0, -1))
            expect(act.does === 'fails' && !act.after && MOVES_ON.includes(act.how)).toBe(true)
          if (speakers.size === 1) expect([...speakers]).toEqual([`p${path.at(-1)?.place}`])
          const finished = events.at(-1)
          if (finished?.type === 'finished')
            expect(finished.by).toEqual({ provider: `p${path.at(-1)?.place}`, model: `p${path.at(-1)?.place}-m` })
        }
        await world.advance(86_400_000)
        for (const [n, { going, most }] of actors.entries()) {
          const { concurrent } = spec[n]?.limits ?? { concurrent: 0 }
          expect(going()).toBe(0)
          expect(most()).toBeLessThanOrEqual(concurrent)
          // The quotas would be in the way of counting the slots.
          const free = spec[n]?.limits.quotas.length === 0
          if (free) expectAllSlotsFree(gates, `p${n}`, concurrent)
        }
      }),
      { numRuns: 200 },
    )
  })
})

const perMinute = (limit: number): GateLimits => ({
  quotas: [{ counts: 'messages', limit, windowMs: 60_000, window: 'sliding' }],
})

/** A router over providers that act by lists, named a, b, … */
function scene(lists: readonly (readonly Act[])[], limits: Readonly<Record<string, GateLimits>> = {}) {
  const world = fakeWorld()
  const actors = lists.map((acts, n) => actor('abc'[n] ?? '?', acts, world))
  const gates = openGates(new Map(Object.entries(limits)), world)
  const model = router({ name: 'r', gates, world, routes: actors.map(({ provider }) => ({ provider, model: 'm' })) })
  const ask = (request = ASK, signal?: AbortSignal) => passing(world, run(model, request, signal))
  return {
    world,
    gates,
    model,
    ask,
    asked: () => actors.map(({ asked }) => asked.length),
    going: () => actors.map(({ going }) => going()),
  }
}
const answers: Act = { does: 'answers' }
const fails = (how: FaultName, after = false): Act => ({ does: 'fails', how, after })

describe('a router', () => {
  test('of 50 calls at once under a quota of 10 makes exactly 10, and says when there is room again', async () => {
    const { world, model, asked } = scene([[answers]], { a: perMinute(10) })
    const start = world.now()
    const outcomes = await passing(world, Promise.all(Array.from({ length: 50 }, () => run(model))))
    expect(asked()).toEqual([10])
    const refused = outcomes.flatMap(({ fault }) => fault ?? [])
    expect(refused).toHaveLength(40)
    expect(refused[0]).toMatchObject({
      code: 'rate_limited',
      retry: { afterMs: 60_000 },
      message: expect.stringContaining('a/m: its 10 messages in 60 s are used'),
    })
    await world.advance(start + 59_999 - world.now())
    expect((await run(model)).fault?.retry).toEqual({ afterMs: 1 })
    await world.advance(1)
    expect((await passing(world, run(model))).fault).toBeUndefined()
  })

  test('sends what is over a quota to the next', async () => {
    const { world, model, asked } = scene([[answers], [answers]], { a: perMinute(10) })
    await passing(world, Promise.all(Array.from({ length: 50 }, () => run(model))))
    expect(asked()).toEqual([10, 40])
  })

  test.each(['limited', 'limitedFor', 'busy', 'down', 'late', 'cut', 'passing'] as const)(
    'asks the next where one is %s before its first event',
    async (how) => {
      const { ask, asked } = scene([[fails(how)], [answers]])
      expect(textOf((await ask()).events)).toBe('b')
      expect(asked()).toEqual([1, 1])
    },
  )

  test.each(['key', 'wrong'] as const)('asks nobody else where the %s was refused', async (how) => {
    const { ask, asked } = scene([[fails(how)], [answers]])
    expect((await ask()).fault?.message).toBe(FAULTS[how]().message)
    expect(asked()).toEqual([1, 0])
  })

  test.each(['limited', 'down', 'cut'] as const)(
    'asks nobody else after the first event, whatever breaks it off (%s)',
    async (how) => {
      const { ask, asked } = scene([[fails(how, true)], [answers]])
      const { events, fault } = await ask()
      expect([textOf(events), fault?.message]).toEqual(['a', FAULTS[how]().message])
      expect(asked()).toEqual([1, 0])
    },
  )

  test('leaves alone who asked for it, for as long as it asked', async () => {
    const { ask, asked, world } = scene([[fails('limitedFor'), answers], [answers]])
    await ask()
    await ask()
    expect(asked()).toEqual([1, 2])
    await world.advance(40)
    expect(textOf((await ask()).events)).toBe('a')
  })

  test('after five failures in a row does not ask for half a minute, and then once', async () => {
    const { ask, asked, world } = scene([[fails('down')], [answers]])
    for (let n = 0; n < 8; n++) expect(textOf((await ask()).events)).toBe('b')
    expect(asked()).toEqual([5, 8])
    await world.advance(30_000)
    for (let n = 0; n < 3; n++) await ask()
    expect(asked()).toEqual([6, 11])
  })

  test('gives a quota back where a call failed before its first event, and keeps what was begun or cancelled', async () => {
    const hangs: Act = { does: 'hangs' }
    const { ask, asked, world } = scene([[fails('down'), fails('wrong'), fails('down', true), hangs, answers]], {
      a: perMinute(2),
    })
    await ask()
    await ask()
    await ask()
    const cancel = new AbortController()
    const cancelled = ask(ASK, cancel.signal)
    await world.advance(10)
    cancel.abort()
    expect((await cancelled).fault?.code).toBe('cancelled')
    expect((await ask()).fault).toMatchObject({ code: 'rate_limited' })
    expect(asked()).toEqual([4])
  })

  test('reserves tokens for the whole request and settles by what was counted', async () => {
    const tokens = (limit: number): GateLimits => ({
      quotas: [{ counts: 'tokens', limit, windowMs: 60_000, window: 'fixed' }],
    })
    const { world, model, asked, ask } = scene([[answers]], { a: tokens(1000) })
    const big = { ...ASK, maxOutputTokens: 600 }
    // Two at once would be more than 1,000 tokens; each of them uses 10.
    const both = await passing(world, Promise.all([run(model, big), run(model, big)]))
    expect(both.map(({ fault }) => fault?.code)).toEqual([undefined, 'rate_limited'])
    for (let n = 0; n < 20; n++) expect((await ask(big)).fault).toBeUndefined()
    expect(asked()).toEqual([21])
    // A picture counts for a picture, not for each of its bytes.
    const picture = { type: 'media', mediaType: 'image/png', data: 'A'.repeat(3_000_000) } as const
    const shown = scene([[answers]], { a: tokens(10_000) })
    const look = { ...ASK, maxOutputTokens: 4000, messages: [{ role: 'user', parts: [picture] }] } as const
    const [first, second] = await passing(shown.world, Promise.all([run(shown.model, look), run(shown.model, ASK)]))
    expect([first.fault, second.fault]).toEqual([undefined, undefined])
  })

  test('where all slots are taken is busy, and free again when a consumer breaks off, cancels, or a provider has a bug', async () => {
    const { ask, model, world, gates, going } = scene([[{ does: 'hangs' }, answers, answers]], { a: { concurrent: 1 } })
    const cancel = new AbortController()
    const first = ask(ASK, cancel.signal)
    await world.advance(5)
    expect((await run(model)).fault).toMatchObject({
      code: 'busy',
      retry: { afterMs: 1000 },
      message: expect.stringContaining('a/m: all of its 1 calls'),
    })
    cancel.abort()
    expect((await first).fault?.code).toBe('cancelled')
    const broken = (async () => {
      for await (const event of model.generate(ASK, { signal: new AbortController().signal })) return event
    })()
    expect(await passing(world, broken)).toEqual({ type: 'text', text: 'a' })
    expect(going()).toEqual([0])
    expect((await ask()).fault).toBeUndefined()
    const buggy = router({
      name: 'r',
      gates,
      world,
      routes: [
        { provider: scriptedProvider([], 'a'), model: 'm' },
        { provider: scriptedProvider([scriptedAnswer('no')], 'b'), model: 'm' },
      ],
    })
    await expect(run(buggy)).rejects.toThrow('only 0 answers were scripted')
    expectAllSlotsFree(gates, 'a', 1)
  })

  test('that nothing is left to ask says of each why, how long to wait, and how to mend it', async () => {
    const { ask } = scene([[fails('down')], [fails('limitedFor')], [answers]], { c: perMinute(0) })
    const { fault } = await ask()
    expect(fault).toMatchObject({
      code: 'rate_limited',
      retry: { afterMs: 40 },
      mend: expect.stringContaining('fall back'),
    })
    expect(fault?.message).toMatch(/^r: no model can answer now\. a\/m: HTTP 503; b\/m: too much; c\/m: its 0 messages/)
    expect(fault?.cause).toMatchObject({ code: 'rate_limited' })
    const alone = await scene([[fails('down')]]).ask()
    expect(alone.fault).toMatchObject({ code: 'unavailable', message: 'HTTP 503', retry: { afterMs: 1000 } })
    const two = await scene([[fails('down')], [fails('late')]]).ask()
    expect(two.fault).toMatchObject({ code: 'unavailable', retry: { afterMs: 1000 } })
    const world = fakeWorld()
    const none = router({ name: 'r', routes: [], gates: openGates(new Map(), world), world })
    expect((await run(none)).fault?.code).toBe('invalid_input')
  })

  test('shares its gates with every router over the same account', async () => {
    const { gates, world, ask } = scene([[answers]], { a: perMinute(1) })
    await ask()
    const other = router({ name: 's', gates, world, routes: [{ provider: scriptedProvider([], 'a'), model: 'other' }] })
    expect((await run(other)).fault?.code).toBe('rate_limited')
  })
})
