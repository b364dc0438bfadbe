import { scriptedAnswer } from '@nacre/providers/testing'
import { collect, contextOf, withInput } from '@nacre/runtime'
import {
  EMPTY_SESSION,
  fold,
  fromCheckpoint,
  type NewSessionEvent,
  type SessionCompacted,
  type SessionState,
} from '@nacre/session'
import { stored } from '@nacre/session/testing'
import { echoTool } from '@nacre/tool/testing'
import type { GenerateRequest, Message, Provider } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { agentOf, memoryBlobs, readAll, turnOf, world } from './support.js'

const isSummingUp = ({ messages }: GenerateRequest) => JSON.stringify(messages.at(-1)).includes('[Nacre, not the user:')
const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

/** A model that in each turn makes calls of the given sizes, one step each, then answers; and sums up as it is told to. */
function workingModel(turns: readonly (readonly number[])[], summaries: readonly string[]) {
  const requests: GenerateRequest[] = []
  let turn = 0
  let step = 0
  let summed = 0
  const provider: Provider = {
    name: 'working',
    async *generate(request) {
      requests.push(request)
      if (isSummingUp(request)) return yield* scriptedAnswer(summaries[summed++ % summaries.length] ?? '')
      const size = turns[turn]?.[step++]
      if (size === undefined) {
        turn += 1
        step = 0
        return yield* scriptedAnswer('done')
      }
      yield* scriptedAnswer('', [{ name: 'echo', args: { text: 'x'.repeat(size) } }])
    },
  }
  return { provider, requests }
}

function expectWhole(messages: readonly Message[]): void {
  const made = messages
    .flatMap((message) => (message.role === 'assistant' ? message.parts : []))
    .flatMap((part) => (part.type === 'call' ? [part.call] : []))
  const answered = messages.flatMap((message) =>
    message.role === 'tool' ? message.results.map((result) => result.call) : [],
  )
  expect(answered).toEqual(made)
  expect(messages[0]?.role).toBe('user')
}

describe('compaction', () => {
  const turns = fc.array(fc.array(fc.integer({ min: 10, max: 6000 }), { maxLength: 6 }), { minLength: 1, maxLength: 6 })
  const line = fc.oneof(
    fc.string(),
    fc.string().map((text) => `! ${text}`),
    fc.constant('x'.repeat(20_000)),
  )
  const summaries = fc.array(
    fc.array(line, { maxLength: 20 }).map((lines) => lines.join('\n')),
    { minLength: 1, maxLength: 4 },
  )

  test('never parts a call from its result, never grows, ends, and keeps facts and what was asked word for word', async () => {
    let compactions = 0
    const law = fc.asyncProperty(
      turns,
      summaries,
      fc.integer({ min: 4000, max: 9000 }),
      async (sizes, texts, tokens) => {
        const limits = { contextTokens: tokens, maxOutputTokens: 1000 }
        const { provider, requests } = workingModel(sizes, texts)
        const agent = agentOf(provider, [echoTool()], { limits })
        let state = EMPTY_SESSION
        for (const [n] of sizes.entries()) {
          const asked = `question ${n}`
          const before = requests.length
          let pins: readonly string[] = state.compaction?.pins ?? []
          const { events, end } = await readAll(turnOf(agent, withInput(asked, world, state), undefined, memoryBlobs()))
          expect(end).toMatchObject({ type: 'finished', outcome: 'completed' })
          state = end.state
          for (const request of requests.slice(before)) {
            expectWhole(request.messages)
            expect(bytes(request.messages)).toBeLessThanOrEqual((tokens - 1000) * 3)
            if (!isSummingUp(request)) expect(JSON.stringify(request.messages)).toContain(asked)
          }
          for (const event of events.filter((each) => each.type === 'session.compacted')) {
            expect(event.pins.slice(0, pins.length)).toEqual(pins)
            pins = event.pins
            compactions += 1
          }
          if (pins.length > 0) expect(bytes(contextOf(state))).toBeGreaterThan(0)
          const told = contextOf(state)[0]
          const first = told?.role === 'user' && told.parts[0]?.type === 'text' ? told.parts[0].text : ''
          for (const pin of pins) expect(first).toContain(`- ${pin}\n`)
        }
      },
    )
    await fc.assert(law, { numRuns: 60 })
    expect(compactions).toBeGreaterThan(20)
  })

  test('makes a context smaller each time, also where the model says nothing or far too much', async () => {
    for (const summary of ['', '! '.repeat(40_000), 'words '.repeat(20_000), '"\u0001'.repeat(9000)]) {
      const { provider } = workingModel([Array.from({ length: 12 }, () => 4000)], [summary])
      const agent = agentOf(provider, [echoTool()], { limits: { contextTokens: 8000, maxOutputTokens: 1000 } })
      const { events, end } = await readAll(turnOf(agent, 'go'))
      expect(end).toMatchObject({ outcome: 'completed' })
      let state = withInput('go', world)
      let compacted = 0
      for (const event of stored(events, state.seq)) {
        const next = fold([event], state)
        if (event.type === 'session.compacted') {
          expect(bytes(contextOf(next))).toBeLessThan(bytes(contextOf(state)))
          compacted += 1
        }
        state = next
      }
      expect(compacted).toBeGreaterThan(0)
    }
  })

  test('a model that cannot sum up stops nothing: the context says that something is left out', async () => {
    const working = workingModel([[4000, 4000, 4000, 4000, 4000, 4000]], [''])
    const provider: Provider = {
      name: 'no summary',
      async *generate(request, options) {
        if (isSummingUp(request)) throw new Error('out of order')
        yield* working.provider.generate(request, options)
      },
    }
    const agent = agentOf(provider, [echoTool()], { limits: { contextTokens: 6000, maxOutputTokens: 1000 } })
    const { end } = await readAll(turnOf(agent, 'go'))
    expect(end).toMatchObject({ outcome: 'completed' })
    expect(JSON.stringify(working.requests.at(-1)?.messages)).toContain('left out here')
  })

  test('is a step: it is recorded, paid for, and its words are neither shown nor an answer', async () => {
    const { provider } = workingModel([[4000, 4000, 4000, 4000, 4000, 4000]], ['! the boat is blue\nWe looked.'])
    const agent = agentOf(provider, [echoTool()], { limits: { contextTokens: 6000, maxOutputTokens: 1000 } })
    const { items, events, end } = await readAll(turnOf(agent, 'go'))
    const steps = end.state.turns[0]?.steps.filter((step) => step.compacts) ?? []
    expect(steps.length).toBeGreaterThan(0)
    expect(steps.every((step) => step.reserved && step.reserved.tokens > 0)).toBe(true)
    expect(items.filter((item) => item.type === 'text.delta' && item.text.includes('We looked'))).toEqual([])
    expect(events.find((event) => event.type === 'session.compacted')).toMatchObject({
      pins: ['the boat is blue'],
      summary: 'We looked.',
    })
    expect(contextOf(end.state).at(-1)).toMatchObject({ role: 'assistant', parts: [{ text: 'done' }] })
  })

  test('what is told is the same from a checkpoint as from the beginning', async () => {
    const blobs = memoryBlobs()
    const { provider } = workingModel([[3000, 3000], [3000], [4000, 4000, 4000], [100]], ['! a fact\nand words'])
    const agent = agentOf(provider, [echoTool()], { limits: { contextTokens: 6000, maxOutputTokens: 1000 } })
    let state: SessionState = EMPTY_SESSION
    const all: NewSessionEvent[] = []
    for (const n of [1, 2, 3, 4]) {
      const queued = withInput(`question ${n}`, world, state)
      const input = queued.queue.at(-1)
      if (input === undefined) throw new Error('nothing is queued')
      all.push({ type: 'turn.queued', input: input.input, parts: input.parts, mode: 'queue', by: 'sdk' })
      const { events, end } = await readAll(turnOf(agent, queued, undefined, blobs))
      all.push(...events)
      state = end.state
    }
    // As the SDK numbers them: one by one.
    const log = all.map((event, index) => ({ ...stored([event])[0], ...event, seq: index + 1 })) as ReturnType<
      typeof stored
    >
    const last = log.findLast((event) => event.type === 'session.compacted') as SessionCompacted | undefined
    const bytesOf = last && (await blobs.get(last.state))
    if (!last || !bytesOf) throw new Error('there is no checkpoint')
    const resumed = fold(
      log.filter((event) => event.seq > last.upTo),
      fromCheckpoint(bytesOf, last.upTo),
    )
    const whole = fold(log)
    expect(contextOf(resumed)).toEqual(contextOf(whole))
    expect({ ...resumed, turns: [], base: 0, createdAt: 0 }).toEqual({ ...whole, turns: [], createdAt: 0 })
    expect(resumed.turns.length).toBeLessThan(whole.turns.length)
  })
})

test('what cannot be made to fit is refused, and names what to do', async () => {
  const { provider, requests } = workingModel([[]], [''])
  const agent = agentOf(provider, [echoTool()], { limits: { contextTokens: 3000, maxOutputTokens: 1000 } })
  const { events } = await readAll(turnOf(agent, 'go '.repeat(5000)))
  expect(events.at(-1)).toMatchObject({
    type: 'turn.finished',
    outcome: 'failed',
    fault: { code: 'limit_exceeded', mend: expect.stringContaining('file') },
  })
  expect(requests).toEqual([])
})

test('the prefix stays the same byte for byte over 100 turns, whatever time, notices and faces do', async () => {
  const { provider, requests } = workingModel(
    Array.from({ length: 100 }, () => [10]),
    [''],
  )
  const agent = agentOf(provider, [echoTool()])
  let state: SessionState = EMPTY_SESSION
  const prefixes = new Set<string>()
  for (let n = 0; n < 100; n++) {
    await world.advance(86_400_000 + n)
    const noted: NewSessionEvent = { type: 'notice.posted', level: 'info', text: `it is ${world.now()}` }
    const by: NewSessionEvent = { type: 'session.claimed', epoch: n + 1, engine: `engine ${n}` }
    state = fold(stored([noted, by], state.seq), state)
    const turn = await collect(turnOf(agent, withInput(`message ${n}`, world, state)))
    state = turn.end.state
    for (const event of turn.events) if (event.type === 'prefix.set') prefixes.add(event.hash)
  }
  expect(prefixes.size).toBe(1)
  const sent = new Set(requests.map(({ system, tools }) => JSON.stringify([system, tools])))
  expect([sent.size, requests.length]).toEqual([1, 200])
  // And each request begins with all that the one before it held, so that a vendor's cache holds.
  for (const [n, request] of requests.entries()) {
    const before = requests[n - 1]?.messages.slice(0, -1) ?? []
    expect(JSON.stringify(request.messages.slice(0, before.length))).toBe(JSON.stringify(before))
  }
})
