import { join } from 'node:path'
import { systemWorld } from '@nacre/client'
import { openLog } from '@nacre/log'
import type { NewSessionEvent } from '@nacre/session'
import { inputId, sessionId, stepId, streamName, turnId, userId } from '@nacre/types'
import { describe, expect, test } from 'vitest'
import { makePlace, type Place } from './place.js'

/** One model call of a session, written into the log of a daemon that does not run. */
async function called(place: Place, user: string, session: string, model: string, microUsd: number): Promise<void> {
  await using log = await openLog({ path: join(place.stateOf(user), 'log.db'), now: systemWorld().now })
  const step = stepId(`${session}-${model}.1`)
  const events: NewSessionEvent[] = [
    { type: 'session.created', title: `about ${session}`, agent: 'default' },
    { type: 'step.started', turn: turnId(session), step, inputs: [inputId(session)], provider: 'vendor', model },
    {
      type: 'step.finished',
      step,
      outcome: 'completed',
      parts: [{ type: 'text', text: 'x' }],
      usage: { inputTokens: 1000, outputTokens: 10, cacheReadTokens: 400 },
      spent: { microUsd, tokens: 1010 },
    },
  ]
  await log.append(streamName(userId(user), sessionId(session)), events)
}

describe('usage', () => {
  test('is told by model, session and day, with and without a daemon, in dollars and tokens', {
    timeout: 60_000,
  }, async () => {
    await using place = makePlace()
    await called(place, 'alice', 'one', 'cheap', 5)
    await called(place, 'alice', 'two', 'dear', 1_500_000)
    await called(place, 'alice', 'two', 'cheap', 7)
    const table = await place.run('usage')
    expect(table).toMatchObject({ code: 0, stderr: '' })
    expect(table.stdout.split('\n').map((line) => line.trim().split(/\s+/))).toEqual([
      ['model', 'calls', 'input', 'cached', 'output', 'dollars'],
      ['vendor/dear', '1', '1000', '400', '10', '1.500000'],
      ['vendor/cheap', '2', '2000', '800', '20', '0.000012'],
      ['total', '3', '3000', '1200', '30', '1.500012'],
      [''],
    ])
    const bySession = await place.run('usage', '--by', 'session', '--json')
    expect(JSON.parse(bySession.stdout)).toMatchObject({
      by: 'session',
      rows: [
        { session: 'two', title: 'about two', calls: 2, cost_micro_usd: 1_500_007 },
        { session: 'one', calls: 1, input_tokens: 1000, cache_read_tokens: 400, uncounted_calls: 0 },
      ],
      total: { calls: 3, cost_micro_usd: 1_500_012 },
    })
    await place.run('start', '--detach')
    expect((await place.run('usage', '--by', 'session', '--json')).stdout).toBe(bySession.stdout)
    const today = new Date(systemWorld().now()).toISOString().slice(0, 10)
    expect(JSON.parse((await place.run('usage', '--by', 'day', '--json')).stdout).rows).toMatchObject([
      { day: today, calls: 3 },
    ])
  })

  test('--by user is told of everybody who has state here, and needs no --user', { timeout: 60_000 }, async () => {
    await using place = makePlace()
    await called(place, 'alice', 'one', 'cheap', 5)
    await called(place, 'bob', 'one', 'cheap', 9)
    const { stdout } = await place.run('usage', '--by', 'user', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      rows: [{ user: 'bob', cost_micro_usd: 9 }, { user: 'alice' }],
      total: { cost_micro_usd: 14 },
    })
    expect(JSON.parse((await place.run('usage', '--by', 'user', '--json', '--user', 'bob')).stdout).rows).toHaveLength(
      1,
    )
    expect(await place.run('usage')).toMatchObject({ code: 2, stderr: expect.stringContaining('alice, bob') })
  })

  test('of nobody is nothing, and a group that there is not is refused', { timeout: 60_000 }, async () => {
    await using place = makePlace()
    expect(JSON.parse((await place.run('usage', '--json')).stdout)).toMatchObject({ rows: [], total: { calls: 0 } })
    expect(await place.run('usage', '--by', 'moon')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('user, session, model, day'),
    })
  })
})
