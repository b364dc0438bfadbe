import { startEngine } from '@nacre/engine'
import { systemWorld } from '@nacre/kit'
import { memoryLog } from '@nacre/log/testing'
import { scriptedAnswer } from '@nacre/providers/testing'
import { EVENT_CLASS, foldLedger, lift, type NewSessionEvent } from '@nacre/session'
import { recordingTool } from '@nacre/tool/testing'
import { commandId, LEDGER, type Log, type StreamName, streamName, turnId, type World } from '@nacre/types'
import { expect, test } from 'vitest'
import { agentWith, modelOf } from './fixtures/scenario.js'
import { alice, queued, stateWhen, streamOf } from './fixtures/watch.js'

const one = streamOf('s1')
const two = streamOf('s2')
const deleted: NewSessionEvent = { type: 'session.deleted', by: 'me' }
const record = { name: 'record', args: { note: 'x' } }

const turnOfLoop = () => new Promise<void>((resolve) => setImmediate(resolve))

/** The engine works on one input; just before its `at`-th append the session is deleted and purged. */
async function deletedAt(at: number) {
  await using log = memoryLog({ now: Date.now })
  const errors: unknown[] = []
  let appends = 0
  let taken = 0
  let has = false
  const landed = Promise.withResolvers<void>()
  const engineLog: Log = Object.assign(Object.create(log), {
    append: async (...args: Parameters<Log['append']>) => {
      const byEngine = args[1].some(({ type }) => EVENT_CLASS[type as NewSessionEvent['type']] !== 'command')
      if (args[0] === one && byEngine && ++appends === at) {
        await log.append(one, [deleted])
        await log.purge(one)
        has = true
        landed.resolve()
      }
      return log.append(...args)
    },
  })
  const model = modelOf((round) => (round < 2 ? scriptedAnswer('', [record]) : scriptedAnswer('done')))
  const agent = agentWith(model, [recordingTool({ safety: 'read-only', replay: 'idempotent' })])
  const real = systemWorld()
  // The pause before a lost session is looked at again takes one turn of the event loop.
  const sleep: World['sleep'] = (ms, signal) => (ms <= 500 ? turnOfLoop() : real.sleep(ms, signal))
  const take = async (stream: StreamName) => {
    if (stream === one && has) taken += 1
    return { release: async () => undefined }
  }
  const engine = startEngine({
    log: engineLog,
    world: { ...real, sleep },
    user: alice,
    agentOf: () => agent,
    leases: { take },
    onError: (_, error) => errors.push(error),
  })
  await log.append(one, [queued('a', 'go')])
  const finished = stateWhen(log, one, (state) => state.turns.length > 0 || state.deleted === true)
  await Promise.race([landed.promise, finished])
  // Behind it: the engine is free, and drives others.
  await log.append(two, [queued('b', 'go')])
  await stateWhen(log, two, (state) => state.turns.length > 0)
  for (let turns = 0; turns < 20; turns++) await turnOfLoop()
  await engine.close()
  // Looked at again, and left alone from then on.
  expect([at, taken <= 2]).toEqual([at, true])
  const { events } = await log.read(one)
  return { events, errors, landed: has, left: await log.heads('alice/s1') }
}

test('a session that is deleted at any moment of a turn is driven no further, and nothing of it comes back', async () => {
  let points = 0
  for (let at = 1; ; at++) {
    const { events, errors, landed, left } = await deletedAt(at)
    if (!landed) break
    points += 1
    expect([at, events.map(({ type }) => type), left, errors]).toEqual([at, ['session.deleted'], [], []])
  }
  expect(points).toBeGreaterThanOrEqual(5)
})

test('an engine that starts behind a deletion drives nothing of it, delegates neither', async () => {
  await using log = memoryLog({ now: Date.now })
  let asked = 0
  const model = modelOf((_, text) => {
    if (text !== 'other') asked += 1
    return scriptedAnswer('ok')
  })
  const parent = { session: 's1', call: 'c', root: 's1', depth: 1 } as never
  await log.append(one, [queued('a', 'secret')])
  await log.append(streamOf('d-1'), [
    { type: 'session.created', title: '', agent: 'default', parent } as never,
    queued('goal', 'secret'),
  ])
  await log.append(one, [deleted])
  await log.purge(one)
  const engine = startEngine({
    log,
    world: systemWorld(),
    user: alice,
    agentOf: () => agentWith(model, []),
  })
  await log.append(two, [queued('b', 'other')])
  await stateWhen(log, two, (state) => state.turns.length > 0)
  await engine.close()
  expect(asked).toBe(0)
})

test('an archived session is driven like any other once something is sent to it', async () => {
  await using log = memoryLog({ now: Date.now })
  const engine = startEngine({
    log,
    world: systemWorld(),
    user: alice,
    agentOf: () =>
      agentWith(
        modelOf(() => scriptedAnswer('ok')),
        [],
      ),
  })
  await log.append(one, [{ type: 'session.archived', archived: true, by: 'me', command: commandId('c') } as never])
  await log.append(one, [queued('a', 'go')])
  const state = await stateWhen(log, one, (each) => each.turns.length > 0)
  expect([state.archived, (await log.head(one))?.archived]).toEqual([undefined, undefined])
  await engine.close()
})

test('a grant that nobody settled before its session was deleted counts as spent', async () => {
  await using log = memoryLog({ now: Date.now })
  const ledger = streamName(alice, LEDGER)
  const slice = { microUsd: 700, tokens: 0 }
  const granted: NewSessionEvent = {
    type: 'budget.granted',
    session: 's1' as never,
    turn: turnId('a'),
    day: new Date().toISOString().slice(0, 10),
    slice,
  }
  await log.append(ledger, [granted])
  await log.append(one, [queued('a', 'go')])
  await log.append(one, [deleted])
  await log.purge(one)
  const budget = { day: { microUsd: 10_000 } }
  const engine = startEngine({ log, world: systemWorld(), user: alice, agentOf: () => undefined, budget })
  const stop = new AbortController()
  let state = foldLedger([])
  for await (const item of log.follow(ledger, { after: 0, signal: stop.signal })) {
    if (item.kind === 'stored') state = foldLedger([lift(item.event)], state)
    if (item.kind === 'stored' && state.open.length === 0) stop.abort()
  }
  expect((await log.read(ledger)).events.at(-1)).toMatchObject({ type: 'budget.settled', spent: slice })
  await engine.close()
})
