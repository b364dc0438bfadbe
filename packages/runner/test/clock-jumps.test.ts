import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  applyItem,
  connectionPair,
  createClient,
  EMPTY_TRANSCRIPT,
  sessionId,
  systemWorld,
  userId,
} from '@nacre/client'
import { startEngine } from '@nacre/engine'
import { createGateway } from '@nacre/gateway'
import { openLog } from '@nacre/log'
import { scriptedAnswer } from '@nacre/providers/testing'
import { DEFAULT_LIMITS } from '@nacre/runtime'
import { createRegistry, DEFAULT_POLICY } from '@nacre/tool'
import { inProcessWorkspace, workspaceTools } from '@nacre/tools'
import { LEDGER, type Provider, streamName } from '@nacre/types'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const DAY_MS = 86_400_000
const START = Date.UTC(2026, 0, 15, 12)
const SESSIONS = 6
const TURNS = 2
const BUDGET = { day: { microUsd: 1_000_000 }, turn: { microUsd: 20_000 } }
const token = 'token-of-this-launch'
const user = userId('alice')

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
  const root = mkdtempSync(join(tmpdir(), 'nacre-clock-'))
  let looks = 0
  const world = { ...systemWorld(), now: () => START + (jumps[looks++ % jumps.length] ?? 0) }
  const log = await openLog({ path: join(root, 'log', 'log.db'), now: world.now })
  const workspace = inProcessWorkspace({ root, world })
  const registry = createRegistry(workspaceTools(workspace))
  const price = { input: 1, output: 1 }
  const limits = { ...DEFAULT_LIMITS, maxOutputTokens: 100 }
  const agent = { prompt: 'p', provider: model, model: 'm', registry, policy: DEFAULT_POLICY, limits, price }
  const failures: unknown[] = []
  const onError = (_: string, error: unknown) => void failures.push(error)
  const engine = startEngine({ log, world, user, agentOf: () => agent, budget: BUDGET, onError })
  const isolation = { tier: 'process', sealed: false, words: [] } as const
  const gateway = createGateway({ log, world, user, token, server: 't', isolation, model: 'm', workspace: root })
  const dial = async () => {
    const { client, server } = connectionPair()
    gateway.accept(server)
    return client
  }
  const client = createClient({ dial, token: () => token, name: 'test', world })

  const converse = async (name: string) => {
    const { session } = await client.createSession({ session: sessionId(name) })
    const stop = new AbortController()
    let transcript = EMPTY_TRANSCRIPT
    for (let turn = 0; turn < TURNS; turn++) await client.send(session, `turn ${turn}`)
    for await (const item of client.watch(session, { after: 0, signal: stop.signal })) {
      if (item.kind !== 'connection') transcript = applyItem(transcript, item)
      if (transcript.state.turns.length === TURNS) stop.abort()
    }
    return transcript.state.turns
  }
  const names = Array.from({ length: SESSIONS }, (_, n) => `s${n}`)
  const turns = (await Promise.all(names.map(converse))).flat()
  await client.close()
  await engine.close()
  await gateway.close()
  await workspace.close()
  const events = await Promise.all(
    [...names, LEDGER].map(async (name) => (await log.read(streamName(user, sessionId(name)))).events),
  )
  const heads = await log.heads(`${user}/s`)
  const verified = await log.verifyHeads()
  await log.close()
  rmSync(root, { recursive: true })
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
      expect(turns).toHaveLength(SESSIONS * TURNS)
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
