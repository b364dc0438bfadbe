import { scriptedAnswer } from '@nacre/providers/testing'
import { contextOf, withInput } from '@nacre/runtime'
import { EMPTY_SESSION, fold, hasWork, type NewSessionEvent, type SessionState } from '@nacre/session'
import { stored } from '@nacre/session/testing'
import { Fault, type GenerateRequest, inputId, type Provider } from '@nacre/types'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { agentOf, memoryBlobs, readAll, turnOf, types, world } from './support.js'

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

/** A model that answers with so many characters, and sums up as it is told to. */
function modelWith(sumUp: Provider['generate'], answerChars = 3000) {
  const requests: GenerateRequest[] = []
  const provider: Provider = {
    name: 'talking',
    async *generate(request, ports) {
      requests.push(request)
      if (JSON.stringify(request.messages.at(-1)).includes('[Nacre, not the user:')) yield* sumUp(request, ports)
      else yield* scriptedAnswer('x'.repeat(answerChars))
    },
  }
  return { requests, provider }
}

const says = (text: string): Provider['generate'] =>
  async function* () {
    yield* scriptedAnswer(text)
  }
const fails = (fault: Fault): Provider['generate'] =>
  // biome-ignore lint/correctness/useYield: a provider that fails before it says anything
  async function* () {
    throw fault
  }

const asking: NewSessionEvent = {
  type: 'turn.queued',
  input: inputId('c'),
  parts: [{ type: 'text', text: '/compact' }],
  mode: 'compact',
  by: 'test',
}
const asked = (state: SessionState) => fold(stored([asking], state.seq), state)

async function after(provider: Provider, state: SessionState, signal?: AbortSignal) {
  const { events, end } = await readAll(turnOf(agentOf(provider), state, signal, memoryBlobs()))
  return { events, end, state: end.state }
}
const talked = async (provider: Provider) => (await after(provider, withInput('where is the boat?', world))).state

test('a compaction that is asked for sums up all that was said, and the model is never told the asking', async () => {
  const { provider, requests } = modelWith(says('! the boat is blue\nWe talked of boats.'))
  const before = await talked(provider)
  const { events, end, state } = await after(provider, asked(before))
  expect(types(events)).toEqual(['turn.started', 'step.started', 'step.finished', 'session.compacted', 'turn.finished'])
  expect(end).toMatchObject({ type: 'finished', outcome: 'completed', turn: 'c' })
  expect(state.compaction).toMatchObject({ pins: ['the boat is blue'], summary: 'We talked of boats.' })
  expect(JSON.stringify(contextOf(state))).toContain('We talked of boats.')
  expect(bytes(contextOf(state))).toBeLessThan(bytes(contextOf(before)))
  await after(provider, withInput('and now?', world, state))
  expect(JSON.stringify(requests.map(({ messages }) => messages))).not.toContain('/compact')
  expect(requests.at(-1)?.messages).toHaveLength(1)
  expect([state.queue, state.dropped, hasWork(state, 0)]).toEqual([[], [], false])
})

test('with nothing, or too little, to sum up its turn is finished without a call', async () => {
  const { provider, requests } = modelWith(says('summary'), 100)
  const first = await after(provider, asked(EMPTY_SESSION))
  expect(types(first.events)).toEqual(['turn.started', 'turn.finished'])
  expect(first.end).toMatchObject({ type: 'finished', outcome: 'completed' })
  const small = await after(provider, asked((await after(provider, withInput('hi', world))).state))
  expect(types(small.events)).toEqual(['turn.started', 'turn.finished'])
  expect(requests).toHaveLength(1)
})

test('a model that fails at it, or says nothing, leaves the conversation as it is, and the turn says why', async () => {
  const refusing = fails(new Fault('provider_error', 'No key is set.', { mend: 'Set one.' }))
  for (const [sumUp, fault] of [
    [refusing, { code: 'provider_error', message: 'No key is set.', mend: 'Set one.' }],
    [says(' \n'), { code: 'provider_error', mend: expect.stringContaining('another model') }],
  ] as const) {
    const { provider } = modelWith(sumUp)
    const before = await talked(provider)
    const { state, end } = await after(provider, asked(before))
    expect(end).toMatchObject({ type: 'finished', outcome: 'failed' })
    expect(state.turns.at(-1)?.end?.fault).toMatchObject(fault)
    expect(contextOf(state)).toEqual(contextOf(before))
  }
})

test('one that is cut off is asked again, three times at most', async () => {
  let calls = 0
  const cut = new Fault('stream_cut', 'It broke off.', { retry: 'now' })
  const { provider } = modelWith((request, ports) => {
    calls += 1
    return (calls === 1 ? fails(cut) : says('We talked.'))(request, ports)
  })
  const { state } = await after(provider, asked(await talked(provider)))
  expect([calls, state.compaction?.summary]).toEqual([2, 'We talked.'])
  const never = modelWith(fails(cut))
  const end = await after(never.provider, asked(await talked(never.provider)))
  expect([never.requests.length, end.state.compaction]).toEqual([4, undefined])
  expect(end.end).toMatchObject({ outcome: 'failed' })
})

test('cancelled while the model sums up it changes nothing and does not begin again', async () => {
  const cancel = new AbortController()
  const { provider } = modelWith(async function* (_, { signal }) {
    cancel.abort()
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    yield* scriptedAnswer('late')
  })
  const before = await talked(provider)
  const { end, state } = await after(provider, asked(before), cancel.signal)
  expect(end).toMatchObject({ type: 'finished', outcome: 'cancelled' })
  expect([state.compaction, state.queue, hasWork(state, 0)]).toEqual([undefined, [], false])
  expect(contextOf(state)).toEqual(contextOf(before))
})

test('what is asked while it runs is the next turn, and what lies before it is answered first', async () => {
  const { provider } = modelWith(says('We talked.'))
  const state = await talked(provider)
  const both = withInput('and now?', world, asked(state))
  const compacted = await after(provider, both)
  expect(compacted.end).toMatchObject({ turn: 'c', outcome: 'completed' })
  expect(compacted.state.queue).toHaveLength(1)
  const next = await after(provider, compacted.state)
  expect(next.events.find(({ type }) => type === 'step.started')).toMatchObject({ inputs: [{}] })
  const behind = await after(provider, asked(withInput('first', world, EMPTY_SESSION)))
  expect(behind.state.queue).toMatchObject([{ mode: 'compact' }])
})

test('law: it never makes a context longer, whatever the model wrote and how often it is asked', async () => {
  const line = fc.oneof(
    fc.string(),
    fc.string().map((text) => `! ${text}`),
    fc.constant('"\u0001'.repeat(3000)),
    fc.constant(`! ${'y'.repeat(5000)}`),
  )
  const summary = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n'))
  let compactions = 0
  const law = fc.asyncProperty(
    fc.array(fc.record({ chars: fc.integer({ min: 1, max: 4000 }), summary }), { minLength: 1, maxLength: 4 }),
    async (rounds) => {
      let state: SessionState = EMPTY_SESSION
      for (const [n, round] of rounds.entries()) {
        const { provider } = modelWith(says(round.summary), round.chars)
        const before = (await after(provider, withInput(`question ${n}`, world, state))).state
        const command = { ...asking, input: inputId(`c${n}`) }
        const end = await after(provider, fold(stored([command], before.seq), before))
        state = end.state
        expect(bytes(contextOf(state))).toBeLessThanOrEqual(bytes(contextOf(before)))
        expect([state.queue, state.open]).toEqual([[], undefined])
        compactions += end.events.filter(({ type }) => type === 'session.compacted').length
      }
    },
  )
  await fc.assert(law, { numRuns: 100 })
  expect(compactions).toBeGreaterThan(20)
})
