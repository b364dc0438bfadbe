import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fakeWorld } from '@nacre/kit/testing'
import { openLog } from '@nacre/log'
import { fold, lift, type NewSessionEvent, spentBySession } from '@nacre/session'
import {
  callId,
  commandId,
  inputId,
  LEDGER,
  type Log,
  sessionId,
  stepId,
  streamName,
  turnId,
  userId,
} from '@nacre/types'
import { describe, expect, it, onTestFinished } from 'vitest'
import { joined, openGateway, text } from './stage.js'

const session = sessionId('s1')
const user = userId('alice')
const stream = streamName(user, session)
const budget = { turn: { limit_micro_usd: 900, limit_tokens: 50 }, session: { limit_micro_usd: 2000 } }
const agents = ['default', 'poor'].map((name) => ({
  name,
  description: '',
  model: 'p/m',
  context_tokens: 1,
  max_output_tokens: 1,
  budget: name === 'poor' ? { session: { limit_tokens: 7 } } : budget,
}))
const models = [{ model: 'p/m', context_tokens: 1, input_usd_per_mtok: 0, output_usd_per_mtok: 0 }]

type Step = { readonly micro?: number; readonly model?: string; readonly usage?: boolean; readonly words?: string }
/** A turn of one step; `open` leaves the turn and the step open, with a reservation. */
function turn(
  id: string,
  { micro = 100, model = 'm', usage = true, words = 'ok' }: Step = {},
  open = false,
): NewSessionEvent[] {
  const step = stepId(`${id}.1`)
  const begun: NewSessionEvent[] = [
    { type: 'turn.queued', input: inputId(id), parts: text('x'), mode: 'queue', by: 't' },
    { type: 'turn.started', turn: turnId(id), allowance: { microUsd: 400 } },
    {
      type: 'step.started',
      turn: turnId(id),
      step,
      inputs: [inputId(id)],
      provider: 'p',
      model,
      reserved: { microUsd: micro, tokens: 30 },
    },
  ]
  if (open) return begun
  return [
    ...begun,
    {
      type: 'step.finished',
      step,
      outcome: 'completed',
      parts: text(words),
      ...(usage && {
        usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 4 },
        spent: { microUsd: micro, tokens: 15 },
      }),
    },
    { type: 'turn.finished', turn: turnId(id), outcome: 'completed' },
  ]
}

async function opened(more = {}) {
  const { gateway, log } = openGateway({ agents, models, ...more })
  const peer = await joined(gateway)
  await peer.must('create_session', { session })
  return { peer, log, usage: () => peer.must('session_usage', { session }) }
}

describe('the usage of a session', () => {
  it('is what its steps say, with what its limits have left', async () => {
    const { usage, log } = await opened()
    await log.append(stream, [...turn('a'), ...turn('b', { usage: false, micro: 50 })])
    const { seq, ...first } = await usage()
    expect(seq).toBe((await log.head(stream))?.seq)
    expect(first).toEqual({
      calls: 2,
      input_tokens: 10,
      cache_read_tokens: 4,
      output_tokens: 5,
      cost_micro_usd: 150,
      uncounted_calls: 1,
      unpriced_calls: 0,
      budget: { session: { limit_micro_usd: 2000, spent_micro_usd: 150, spent_tokens: 45 } },
    })
  })

  it('counts an open turn by what is reserved for it, under the smaller of its limits', async () => {
    const { usage, log } = await opened()
    await log.append(stream, turn('a', {}, true))
    expect((await usage()).budget).toEqual({
      turn: { limit_micro_usd: 400, limit_tokens: 50, spent_micro_usd: 100, spent_tokens: 30 },
      session: { limit_micro_usd: 2000, spent_micro_usd: 100, spent_tokens: 30 },
    })
  })

  it('is under the limits of the agent that was selected, for a turn that runs of the one that began it', async () => {
    const { usage, log, peer } = await opened()
    await log.append(stream, turn('a', {}, true))
    await peer.must('select', { session, command: 'c', agent: 'poor' })
    expect((await usage()).budget.session).toMatchObject({ limit_micro_usd: 2000 })
    await log.append(stream, [{ type: 'turn.finished', turn: turnId('a'), outcome: 'cancelled' } as NewSessionEvent])
    expect((await usage()).budget).toEqual({ session: { limit_tokens: 7, spent_micro_usd: 100, spent_tokens: 30 } })
  })

  it('says no cost where no price is known, and how many calls are not in it where some are', async () => {
    const { usage, log } = await opened()
    expect(await usage()).toMatchObject({ calls: 0, cost_micro_usd: 0, unpriced_calls: 0 })
    await log.append(stream, turn('a', { micro: 0, model: 'nobody-knows' }))
    const first = await usage()
    expect([first.calls, first.unpriced_calls, 'cost_micro_usd' in first]).toEqual([1, 1, false])
    await log.append(stream, [...turn('b', { micro: 7 }), ...turn('c', { micro: 0 })])
    expect(await usage()).toMatchObject({ calls: 3, cost_micro_usd: 7, unpriced_calls: 1 })
  })

  it('counts the day as the ledger does: what was granted today, whole while its turn is open, and nothing of yesterday', async () => {
    const world = fakeWorld(Date.UTC(2026, 10, 21, 23, 59))
    const { log, usage } = await opened({ day: { microUsd: 1000 }, world })
    const granted = (id: string, day: string, microUsd: number): NewSessionEvent => ({
      type: 'budget.granted',
      session,
      turn: turnId(id),
      day,
      slice: { microUsd, tokens: 0 },
    })
    const settled = (id: string, microUsd: number): NewSessionEvent => ({
      type: 'budget.settled',
      session,
      turn: turnId(id),
      spent: { microUsd, tokens: 12 },
    })
    const ledger = streamName(user, LEDGER)
    await log.append(ledger, [granted('old', '2026-11-21', 300)])
    await world.advance(120_000)
    await log.append(ledger, [settled('old', 10), granted('a', '2026-11-22', 200), granted('b', '2026-11-22', 200)])
    // So many that they are read in several pages.
    const noise = (n: number): NewSessionEvent => ({
      type: 'approval.resolved',
      command: commandId(`x${n}`),
      call: callId('always'),
      hash: 'a'.repeat(64),
      verdict: 'denied',
      scope: 'always',
      by: 't',
    })
    for (let at = 0; at < 600; at += 60)
      await log.append(
        ledger,
        Array.from({ length: 60 }, (_, n) => noise(at + n)),
      )
    await log.append(ledger, [settled('a', 30)])
    expect((await usage()).budget.day).toEqual({ limit_micro_usd: 1000, spent_micro_usd: 230, spent_tokens: 12 })
    const unlimited = await opened({ log, world, user: userId('bob') })
    expect((await unlimited.usage()).budget.day).toBeUndefined()
  })

  it('of a session that is not there is refused', async () => {
    const { peer } = await opened()
    expect((await peer.refused('session_usage', { session: 'nope' })).code).toBe('session_not_found')
  })

  it('of a long session is what the whole fold says, and others wait for it no longer than 20 ms', {
    timeout: 60_000,
  }, async () => {
    const root = mkdtempSync(join(tmpdir(), 'nacre-usage-'))
    onTestFinished(() => rmSync(root, { recursive: true, force: true }))
    const disk = await openLog({ path: join(root, 'log.db'), now: Date.now })
    onTestFinished(() => disk.close())
    const log: Log = disk
    const { usage } = await opened({ log })
    const words = 'w'.repeat(4000)
    for (let n = 0; n < 4000; n += 8)
      await log.append(stream, Array.from({ length: 8 }, (_, k) => turn(`t${n + k}`, { words })).flat())
    await usage() // What is compiled at the first call is not what is measured.
    const told = await usage()
    // Others work on this machine too: the best of three is what is our own.
    const delays: number[] = []
    for (let n = 0; n < 3; n++) {
      const delay = monitorEventLoopDelay({ resolution: 1 })
      delay.enable()
      await usage()
      delay.disable()
      delays.push(delay.max / 1e6)
    }
    expect(told).toMatchObject({ calls: 4000, cost_micro_usd: 400_000 })
    expect(told.budget.session).toMatchObject({ spent_micro_usd: 400_000 })
    console.log(`20,000 events: at most ${Math.min(...delays)} ms at once`)
    expect(Math.min(...delays)).toBeLessThan(20)
    let state = fold([])
    for (let end = false; !end; ) {
      const page = await log.read(stream, { after: state.seq })
      state = fold(
        page.events.map((event) => lift(event)),
        state,
      )
      end = page.end
    }
    expect(spentBySession(state).microUsd).toBe(told.budget.session?.spent_micro_usd)
  })
})
