import { scriptedAnswer, scriptedProvider } from '@nacre/providers/testing'
import { costOf, reservationOf, type TurnLimits } from '@nacre/runtime'
import { dearestOf } from '@nacre/runtime/price'
import { plus, spentByTurn, ZERO } from '@nacre/session'
import { echoTool } from '@nacre/tool/testing'
import { Fault, type Price, type Provider, type Usage } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { agentOf, readAll, turnOf } from './support.js'

const PRICE: Price = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 }
const usage: Usage = { inputTokens: 1000, outputTokens: 100 }
const COST = 1000 * 3 + 100 * 15

/** A model that would look around for ever. */
const looping = (): Provider & { calls: () => number } => {
  let calls = 0
  return {
    name: 'looping',
    calls: () => calls,
    async *generate(request) {
      calls += 1
      const more = request.toolChoice !== 'none' ? [{ name: 'echo', args: { text: 'again' } }] : []
      yield* scriptedAnswer(more.length > 0 ? '' : 'That is what I found.', more, usage)
    },
  }
}

const agentWithin = (provider: Provider, budget: TurnLimits['budget'], price: Price | undefined = PRICE) => ({
  ...agentOf(provider, [echoTool()], { limits: { budget, maxOutputTokens: 100, maxSteps: 1000 } }),
  ...(price && { price }),
})

describe('cost', () => {
  test('is counted by kind of token, in whole micro-dollars, and never below the truth', () => {
    expect(costOf({ ...usage, cacheReadTokens: 400, cacheWriteTokens: 100 }, PRICE)).toEqual({
      microUsd: 500 * 3 + 400 * 0.3 + 100 * 3.75 + 100 * 15,
      tokens: 1100,
    })
    expect(costOf({ ...usage, reasoningTokens: 290 }, PRICE).tokens).toBe(1290)
    expect(costOf(usage, undefined)).toEqual({ microUsd: 0, tokens: 1100 })
  })

  test('reasoning has its own rate where it has one, and the longest tier that the input is beyond holds for all of a call', () => {
    const price: Price = {
      ...PRICE,
      reasoning: 20,
      tiers: [
        { overTokens: 400_000, input: 9, output: 45 },
        { overTokens: 200_000, input: 6, output: 30, reasoning: 40 },
      ],
    }
    const thinking = { outputTokens: 100, reasoningTokens: 40 }
    expect(costOf({ inputTokens: 200_000, ...thinking }, price).microUsd).toBe(200_000 * 3 + 60 * 15 + 40 * 20)
    expect(costOf({ inputTokens: 200_001, ...thinking }, price).microUsd).toBe(200_001 * 6 + 60 * 30 + 40 * 40)
    expect(costOf({ inputTokens: 500_000, ...thinking }, price).microUsd).toBe(500_000 * 9 + 100 * 45)
  })

  test('the dearest of several prices is never less than any of them, and of one it is that one', () => {
    const rate = fc.double({ min: 0, max: 100, noNaN: true })
    const kinds = { input: rate, output: rate, cacheRead: rate, cacheWrite: rate, reasoning: rate }
    const rates = fc.record(kinds, { requiredKeys: ['input', 'output'] })
    const tiers = fc.array(fc.tuple(rates, fc.nat(1000)).map(([each, overTokens]) => ({ ...each, overTokens })))
    const prices = fc.tuple(rates, tiers).map(([each, more]): Price => ({ ...each, tiers: more }))
    const usages = fc.record({
      inputTokens: fc.nat(2000),
      outputTokens: fc.nat(2000),
      cacheReadTokens: fc.nat(900),
      cacheWriteTokens: fc.nat(900),
      reasoningTokens: fc.nat(900),
    })
    fc.assert(
      fc.property(fc.tuple(prices, prices, prices), usages, (several, used) => {
        const cached = used.cacheReadTokens + used.cacheWriteTokens
        const whole = { ...used, inputTokens: used.inputTokens + cached }
        for (const price of several)
          expect(costOf(whole, dearestOf(several)).microUsd).toBeGreaterThanOrEqual(costOf(whole, price).microUsd)
      }),
    )
    expect(dearestOf([PRICE])).toBe(PRICE)
  })

  test('a reservation covers whatever the call then costs', () => {
    const rate = fc.double({ min: 0, max: 100, noNaN: true })
    const rates = { input: rate, output: rate, cacheRead: rate, cacheWrite: rate, reasoning: rate }
    const prices = fc.record({
      ...rates,
      tiers: fc.array(fc.record({ ...rates, overTokens: fc.nat(30_000) }), { maxLength: 3 }),
    })
    // A part of `all`, in percent.
    const of = (all: number, percent: number) => Math.floor((all * percent) / 100)
    const percent = fc.nat(100)
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(10_000), percent, percent, percent, prices, (bytes, most, a, b, c, price) => {
        const inputTokens = of(Math.floor(bytes / 3), a)
        const outputTokens = of(most, b)
        const cacheReadTokens = of(inputTokens, c)
        const spent = costOf(
          { inputTokens, outputTokens, cacheReadTokens, reasoningTokens: of(outputTokens, c) },
          price,
        )
        const reserved = reservationOf(bytes, most, price)
        expect(spent.microUsd).toBeLessThanOrEqual(reserved.microUsd)
        expect(spent.tokens).toBeLessThanOrEqual(reserved.tokens)
      }),
    )
  })
})

test('an answer of one of several is priced as its own, and as the dearest where it has no price; the step says whose it is', async () => {
  const answeredBy = (model: string): Provider => ({
    name: 'router',
    async *generate() {
      for (const event of scriptedAnswer('hello', [], usage))
        yield event.type === 'finished' ? { ...event, by: { provider: 'a', model } } : event
    },
  })
  const prices = new Map([['a/cheap', { input: 1, output: 2 }]])
  const finished = async (model: string) => {
    const agent = { ...agentWithin(answeredBy(model), {}), prices }
    return (await readAll(turnOf(agent, 'hi'))).events.find((event) => event.type === 'step.finished')
  }
  expect(await finished('cheap')).toMatchObject({ by: { provider: 'a', model: 'cheap' }, spent: { microUsd: 1200 } })
  expect(await finished('other')).toMatchObject({ by: { provider: 'a', model: 'other' }, spent: { microUsd: COST } })
})

describe('a budget', () => {
  test.each(['turn', 'session'] as const)('of a %s stops a loop at its cap and lets it wrap up', async (kind) => {
    const provider = looping()
    const limit = { microUsd: COST * 4 }
    const { end, events } = await readAll(turnOf(agentWithin(provider, { [kind]: limit }), 'go'))
    expect(end).toMatchObject({ type: 'finished', outcome: 'budget_exceeded' })
    expect(events.at(-1)).toMatchObject({ fault: { code: 'budget_exceeded', mend: expect.stringContaining('raise') } })
    const spent = end.state.turns.map(spentByTurn).reduce(plus, ZERO).microUsd
    expect(spent).toBeLessThanOrEqual(limit.microUsd + COST)
    expect(spent).toBeGreaterThan(limit.microUsd - 2 * COST)
    expect(JSON.stringify(events)).toContain('That is what I found.')
  })

  test('in tokens holds where no price is known', async () => {
    const provider = looping()
    const { end } = await readAll(turnOf(agentWithin(provider, { turn: { tokens: 5000 } }, undefined), 'go'))
    expect(end).toMatchObject({ outcome: 'budget_exceeded' })
    expect(provider.calls()).toBeLessThanOrEqual(6) // four, the one that passes the cap, and the wrap-up
  })

  test('that does not fit the first call makes no call at all, and the input is not asked again', async () => {
    const provider = looping()
    const { end, events } = await readAll(turnOf(agentWithin(provider, { call: { microUsd: 10 } }), 'go'))
    expect(provider.calls()).toBe(0)
    expect(events.at(-1)).toMatchObject({
      outcome: 'budget_exceeded',
      fault: { message: expect.stringContaining('one model call') },
    })
    expect(end.state.queue).toEqual([])
  })

  test('counts a call that broke off at its reservation, and one that never began at nothing', async () => {
    const cut = new Fault('stream_cut', 'broke', { retry: 'now' })
    const refused = new Fault('unauthenticated', 'no key')
    const provider = scriptedProvider([{ fault: cut, after: [{ type: 'text', text: 'half' }] }, { fault: refused }])
    const { end } = await readAll(turnOf(agentWithin(provider, {}), 'go'))
    const [first, second] = end.state.turns[0]?.steps ?? []
    expect(first?.reserved?.microUsd).toBeGreaterThan(0)
    expect(second?.end?.spent).toEqual(ZERO)
    expect(end.state.turns.map(spentByTurn)).toEqual([first?.reserved])
  })
})
