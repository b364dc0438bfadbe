import { applyItem, EMPTY_TRANSCRIPT, type LogItem, lift } from '@nacre/client'
import { describe, expect, it } from 'vitest'
import { type Face, newFace } from '../dist/face.js'
import { dollars, factWords, tokens } from '../dist/facts.js'
import { counted, leastLeft } from '../dist/usage.js'
import { usageLines } from '../dist/words.js'
import * as ev from './support/events.ts'
import { fakeClient, HELLO } from './support/fake-client.ts'

const USED = { input_tokens: 12_000, cache_read_tokens: 9000, output_tokens: 345, cost_micro_usd: 4200 }

async function known() {
  const daemon = fakeClient()
  const session = daemon.add('s')
  const none = await daemon.client.usage(session.session)
  return { agents: await daemon.client.agents(), session, none, usage: { ...none, ...USED, calls: 2 } }
}
const said = (face: Face, ...events: readonly ev.Event[]): Face => ({
  ...face,
  transcript: events
    .map((event, n): LogItem => ({ kind: 'stored', event: { ...event, seq: n + 1, at: 1, v: 1 } }))
    .reduce(applyItem, EMPTY_TRANSCRIPT),
})

describe('the line of facts', () => {
  it('is empty until the daemon has said something, and then has a dash for what nobody knows', () => {
    expect(factWords(newFace())).toEqual([])
    expect(factWords({ ...newFace(), hello: HELLO })).toEqual(['NOT SEALED', 'offline', 'context –', '$–', '– tokens'])
  })

  it('says what was used, what of it was cached, and what is left of the tightest budget', async () => {
    const { agents, session, usage } = await known()
    const budget = {
      turn: { limit_tokens: 10, spent_micro_usd: 1, spent_tokens: 1 },
      session: { limit_micro_usd: 3_000_000, spent_micro_usd: 1_000_000, spent_tokens: 1 },
      day: { limit_micro_usd: 20_000_000, spent_micro_usd: 500_000, spent_tokens: 1 },
    }
    const face = { ...newFace(), hello: HELLO, agents, session, usage: { ...usage, budget } }
    expect(factWords(face).slice(3)).toEqual(['$0.0042', '$2.00 left of the session', '12.3k tokens', '75 % cached'])
    expect(leastLeft({ ...usage, budget: {} })).toBeUndefined()
    // Overspent is nothing left, not less.
    const over = { day: { limit_micro_usd: 1, spent_micro_usd: 2, spent_tokens: 0 } }
    expect(leastLeft({ ...usage, budget: over })).toEqual({ microUsd: 0, whose: 'day' })
  })

  it('counts a step until the gateway counts anew, but not in the day: there an open turn stands with all that it was granted', async () => {
    const { usage } = await known()
    const slice = { limit_micro_usd: 100, spent_micro_usd: 10, spent_tokens: 1 }
    const before = { ...usage, seq: 1, budget: { turn: slice, day: slice } }
    const step = { ...ev.stepFinished('t.1', 'so'), spent: { microUsd: 5, tokens: 7 }, seq: 2, at: 1, v: 1 }
    const after = counted(before, lift(step))
    expect(after.budget).toEqual({ turn: { ...slice, spent_micro_usd: 15, spent_tokens: 8 }, day: slice })
    expect(after).toMatchObject({ seq: 2, calls: 3, cost_micro_usd: 4205 })
    expect(counted(after, lift(step))).toBe(after)
  })

  it('says the cost is not known where a call had no price', async () => {
    const { agents, session, usage } = await known()
    const { cost_micro_usd: _, ...unpriced } = usage
    expect(factWords({ ...newFace(), hello: HELLO, agents, session, usage: unpriced })).toContain('$–')
    expect(usageLines(unpriced).map(({ text }) => text)).toContain('2 calls of a model, $–')
  })

  it('says how full the context is by the last call that was counted, and a dash before it', async () => {
    const { agents, session } = await known()
    const face = { ...newFace(), hello: HELLO, agents, session }
    const start = [ev.created(), ev.queued('t', 'go'), ev.turnStarted('t'), ev.stepStarted('t', 1, ['t'])]
    expect(factWords(said(face, ...start))[2]).toBe('context –')
    const counted = { ...ev.stepFinished('t.1', 'so'), usage: { inputTokens: 24_000, outputTokens: 1000 } }
    expect(factWords(said(face, ...start, counted))[2]).toBe('context 25 %')
    // A model of which nobody knows how much it can be told.
    const other = { ...face, agents: { agents: [], models: [] } }
    expect(factWords(said(other, ...start, counted))[2]).toBe('context –')
  })

  it.each([
    [undefined, '$–'],
    [0, '$0.00'],
    [1, '$0.0000'],
    [4200, '$0.0042'],
    [9999, '$0.0100'],
    [12_300_000, '$12.30'],
  ])('writes %s micro-dollars as %s', (amount, words) => expect(dollars(amount)).toBe(words))

  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1.0k'],
    [999_949, '999.9k'],
    [999_950, '1.0M'],
    [1_250_000, '1.3M'],
  ])('writes %s tokens as %s', (count, words) => expect(tokens(count)).toBe(words))
})
