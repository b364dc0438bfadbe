import { type SessionId, sessionId, systemWorld } from '@nacre/client'
import { scriptedAnswer } from '@nacre/providers/testing'
import { LEDGER, type Provider, streamName } from '@nacre/types'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openHouse, transcriptWhen, USER } from './house.js'

const DAY_MS = 86_400_000
const START = Date.UTC(2026, 0, 15, 12)
const SESSIONS = Array.from({ length: 6 }, (_, n) => sessionId(`s${n}`))
const TURNS = 2

/** Looks at a file in its first step, and answers in its second. */
const model: Provider = {
  name: 'clockless',
  async *generate({ messages }) {
    const answered = messages.at(-1)?.role === 'tool'
    yield* answered ? scriptedAnswer('Done.') : scriptedAnswer('', [{ name: 'file_list', args: {} }])
  },
}

/** Runs conversations from client to disk and back while the clock is set anew at every look at it. */
async function live(jumps: readonly number[]) {
  let looks = 0
  const world = { ...systemWorld(), now: () => START + (jumps[looks++ % jumps.length] ?? 0) }
  const { client, log, failures, leave } = await openHouse({
    provider: model,
    world,
    price: { input: 1, output: 1 },
    limits: { maxOutputTokens: 100 },
    budget: { day: { microUsd: 1_000_000 }, turn: { microUsd: 20_000 } },
  })
  const converse = async (session: SessionId) => {
    await client.createSession({ session })
    for (let turn = 0; turn < TURNS; turn++) await client.send(session, `turn ${turn}`)
    return (await transcriptWhen(client, session, ({ state }) => state.turns.length === TURNS)).state.turns
  }
  const turns = (await Promise.all(SESSIONS.map(converse))).flat()
  await leave()
  const events = await Promise.all(
    [...SESSIONS, LEDGER].map(async (session) => (await log.read(streamName(USER, session))).events),
  )
  const heads = await log.heads(`${USER}/s`)
  const verified = await log.verifyHeads()
  await log.close()
  return { turns, events, heads, verified, failures, looks }
}

test('a clock that jumps by hours and days, at every look, changes no order, no total, and holds nothing up', {
  timeout: 120_000,
}, async () => {
  const jump = fc.oneof(
    fc.integer({ min: -3 * DAY_MS, max: 3 * DAY_MS }),
    fc.integer({ min: -3_600_000, max: 3_600_000 }),
    fc.constant(0),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(jump, { minLength: 1, maxLength: 40 }), async (jumps) => {
      const { turns, events, heads, verified, failures, looks } = await live(jumps)
      expect(failures).toEqual([])
      expect(turns.map((turn) => turn.end?.outcome)).toEqual(turns.map(() => 'completed'))
      expect(turns).toHaveLength(SESSIONS.length * TURNS)
      for (const stream of events)
        for (const [index, { seq, at }] of stream.entries()) {
          const before = stream[index - 1] ?? { seq: 0, at: 0 }
          expect(seq).toBeGreaterThan(before.seq)
          expect(at).toBeGreaterThanOrEqual(before.at)
        }
      expect(new Set(events.flat().map(({ seq }) => seq)).size).toBe(events.flat().length)
      expect(heads.map(({ seq }) => seq)).toEqual(heads.map(({ seq }) => seq).toSorted((a, b) => b - a))
      expect(verified).toEqual([])
      // Each turn was granted once, by the day that the clock said then, and every grant was settled.
      const ledger = events.at(-1) ?? []
      const of = (type: string) => ledger.filter((event) => event.type === type)
      expect([of('budget.granted').length, of('budget.settled').length]).toEqual([turns.length, turns.length])
      // Nothing goes round in circles.
      expect(looks).toBeLessThan(3_000)
    }),
    { numRuns: 12 },
  )
})
