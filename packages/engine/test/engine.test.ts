import { startEngine } from '@nacre/engine'
import { systemWorld } from '@nacre/kit'
import { fakeWorld } from '@nacre/kit/testing'
import { memoryLog } from '@nacre/log/testing'
import { scriptedAnswer } from '@nacre/providers/testing'
import { fold, lift, type NewSessionEvent, type SessionState } from '@nacre/session'
import { recordingTool } from '@nacre/tool/testing'
import { commandId, Fault, type Log, type Provider } from '@nacre/types'
import { expect, test } from 'vitest'
import { agentWith, approvedBy, modelOf } from './fixtures/scenario.js'
import { alice, passing, queued, stateWhen, streamOf } from './fixtures/watch.js'

const user = alice
const [one, two] = [streamOf('s1'), streamOf('s2')]
const answering = modelOf((_, text) => scriptedAnswer(`You said ${text}.`))

test('a turn that waits for an approval holds no slot: another session goes on', async () => {
  await using log = memoryLog({ now: () => 1 })
  const tool = recordingTool({ safety: 'privileged' })
  const model = modelOf((round, text) =>
    text === 'act' && round === 0
      ? scriptedAnswer('', [{ name: 'record', args: { note: 'x' } }])
      : scriptedAnswer('ok'),
  )
  const agent = agentWith(model, [tool])
  const engine = startEngine({ log, world: systemWorld(), user, agentOf: () => agent, concurrentTurns: 1 })
  await log.append(one, [queued('act')])
  const waiting = await stateWhen(log, one, (state) => state.open?.steps[0]?.calls[0]?.status.type === 'asked')
  await log.append(two, [queued('hello')])
  expect((await stateWhen(log, two, (state) => state.turns.length === 1)).turns[0]?.end?.outcome).toBe('completed')

  await log.append(one, [approvedBy(waiting)])
  expect((await stateWhen(log, one, (state) => state.turns.length === 1)).turns[0]?.end?.outcome).toBe('completed')
  expect(tool.calls).toEqual(['x'])
  await engine.close()
})

test('of the sessions that were there when it starts, an engine is told of those with work only', async () => {
  await using log = memoryLog({ now: () => 1 })
  for (let n = 0; n < 20; n++) {
    const idle: NewSessionEvent = { type: 'session.created', title: '', agent: 'default' }
    await log.append(streamOf(`idle${n}`), [idle])
  }
  await log.append(one, [queued('hello')])
  const told = new Set<string>()
  const watched: Log = Object.assign(Object.create(log), {
    async *feed(...query: Parameters<Log['feed']>) {
      for await (const head of log.feed(...query)) {
        told.add(head.stream)
        yield head
      }
    },
  })
  const engine = startEngine({ log: watched, world: systemWorld(), user, agentOf: () => agentWith(answering, []) })
  await stateWhen(log, one, (state) => state.turns.length === 1)
  await engine.close()
  expect([...told]).toEqual([one])
})

test('a full disk is a crash of that session only, and it goes on when there is room again', async () => {
  const world = fakeWorld()
  await using log = memoryLog({ now: world.now })
  let full = true
  const failing: Log = Object.assign(Object.create(log), {
    append: async (...args: Parameters<Log['append']>) => {
      if (full && args[0] === one) throw new Fault('storage_full', 'no space left')
      return log.append(...args)
    },
  })
  const seen: unknown[] = []
  const refused = Promise.withResolvers<void>()
  const onError = (_: string, error: unknown) => {
    seen.push(error)
    refused.resolve()
  }
  const agent = agentWith(answering, [])
  const engine = startEngine({ log: failing, world, user, agentOf: () => agent, onError })
  await log.append(one, [queued('a')])
  await log.append(two, [queued('b')])
  await stateWhen(log, two, (state) => state.turns.length === 1)
  await refused.promise
  expect(seen[0]).toMatchObject({ code: 'storage_full' })
  full = false
  await world.advance(60_000)
  expect((await stateWhen(log, one, (state) => state.turns.length === 1)).turns[0]?.end?.outcome).toBe('completed')
  await engine.close()
})

test('a session with an event that this code does not know is not driven, and says so once', async () => {
  await using log = memoryLog({ now: () => 1 })
  await log.append(one, [{ type: 'session.teleported' }])
  await log.append(one, [queued('a')])
  const agent = agentWith(answering, [])
  const engine = startEngine({ log, world: systemWorld(), user, agentOf: () => agent })
  const refusing = await stateWhen(log, one, (state) => state.notices.length > 0)
  expect(refusing.notices[0]?.text).toContain('session.teleported')
  await log.append(one, [queued('b')])
  await log.append(two, [queued('c')])
  await stateWhen(log, two, (state) => state.turns.length === 1)
  await engine.close()
  const { events } = await log.read(one)
  expect(events.map((event) => event.type)).toEqual([
    'session.teleported',
    'turn.queued',
    'notice.posted',
    'turn.queued',
  ])
})

test('a drain lets the running turn end and begins no other', async () => {
  await using log = memoryLog({ now: () => 1 })
  const gate = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const slow: Provider = {
    name: 'slow',
    async *generate(...args) {
      begun.resolve()
      await gate.promise
      yield* answering.generate(...args)
    },
  }
  const agent = agentWith(slow, [])
  const engine = startEngine({ log, world: systemWorld(), user, agentOf: () => agent, concurrentTurns: 1 })
  for (const id of ['a', 'b']) await log.append(one, [queued(id)])
  await log.append(two, [queued('c')])
  await begun.promise
  const closed = engine.close(10_000)
  gate.resolve()
  await closed
  const states = await Promise.all(
    [one, two].map(async (stream) => fold((await log.read(stream)).events.map((event) => lift(event)))),
  )
  expect(states.map((state) => [state.turns.length, state.open, state.queue.length])).toEqual([
    [1, undefined, 1],
    [0, undefined, 1],
  ])
})

test('a feed that fails is followed again', async () => {
  const world = fakeWorld()
  await using log = memoryLog({ now: world.now })
  let failures = 1
  const flaky: Log = Object.assign(Object.create(log), {
    feed: (...args: Parameters<Log['feed']>) => {
      if (failures-- > 0) throw new Fault('storage_failed', 'the disk stumbled')
      return log.feed(...args)
    },
  })
  const failed = Promise.withResolvers<void>()
  const agent = agentWith(answering, [])
  const engine = startEngine({ log: flaky, world, user, agentOf: () => agent, onError: () => failed.resolve() })
  await log.append(one, [queued('a')])
  await failed.promise
  await world.advance(1000)
  expect((await stateWhen(log, one, (state) => state.turns.length === 1)).turns[0]?.end?.outcome).toBe('completed')
  await engine.close()
})

test('inputs queued while a turn runs become turns of their own, in order', async () => {
  await using log = memoryLog({ now: () => 1 })
  for (const id of ['a', 'b', 'c']) await log.append(one, [queued(id)])
  const agent = agentWith(answering, [])
  const engine = startEngine({ log, world: systemWorld(), user, agentOf: () => agent })
  const state = await stateWhen(log, one, (now) => now.turns.length === 3)
  expect(state.turns.map((turn) => [turn.turn, turn.end?.outcome])).toEqual([
    ['a', 'completed'],
    ['b', 'completed'],
    ['c', 'completed'],
  ])
  await engine.close()
})

test('a cancel ends a turn that waits for an approval, and nothing was done', async () => {
  await using log = memoryLog({ now: () => 1 })
  const tool = recordingTool({ safety: 'privileged' })
  const agent = agentWith(
    modelOf(() => scriptedAnswer('', [{ name: 'record', args: { note: 'x' } }])),
    [tool],
  )
  const engine = startEngine({ log, world: systemWorld(), user, agentOf: () => agent })
  await log.append(one, [queued('act')])
  await stateWhen(log, one, (state) => state.open?.steps[0]?.calls[0]?.status.type === 'asked')
  const cancel: NewSessionEvent = { type: 'turn.cancel_requested', command: commandId('c'), by: 'test' }
  await log.append(one, [cancel])
  const state = await stateWhen(log, one, (now) => now.turns.length === 1)
  expect(state.turns[0]).toMatchObject({
    end: { outcome: 'cancelled' },
    steps: [{ calls: [{ status: { outcome: 'interrupted' } }] }],
  })
  expect(tool.calls).toEqual([])
  await engine.close()
})

test('a turn whose model has no room waits in the log: without a slot, over a restart, until its time has come', async () => {
  const world = fakeWorld()
  await using log = memoryLog({ now: world.now })
  let calls = 0
  const crowded: Provider = {
    name: 'crowded',
    async *generate(request) {
      calls += 1
      if (calls <= 2) throw new Fault('busy', 'no room', { retry: { afterMs: 60_000 } })
      yield* answering.generate(request, { signal: new AbortController().signal })
    },
  }
  const start = () => startEngine({ log, world, user, agentOf: () => agentWith(crowded, []), concurrentTurns: 1 })
  const busy = (count: number) => (state: SessionState) =>
    state.open?.steps.filter((step) => step.end?.fault?.until !== undefined).length === count
  const first = start()
  await log.append(one, [queued('hello')])
  await stateWhen(log, one, busy(1))
  expect(await log.head(one)).toMatchObject({ status: 'waiting', openWork: false, wakeAt: world.now() + 60_000 })
  await first.close()

  const second = start()
  await log.append(two, [queued('anybody else?')])
  await stateWhen(log, two, busy(1)) // The second call finds no room either; the only slot was free for it.
  expect(calls).toBe(2)
  for (const stream of [one, two]) {
    const { turns } = await passing(
      world,
      60_000,
      stateWhen(log, stream, (state) => state.turns.length === 1),
    )
    expect(turns[0]?.end?.outcome).toBe('completed')
  }
  await second.close()
})

test('a turn that waits for room is cancelled at once, and one that waits for ever fails with its reason', async () => {
  const world = fakeWorld()
  await using log = memoryLog({ now: world.now })
  const never: Provider = {
    name: 'never',
    generate: () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(new Fault('rate_limited', 'no room', { retry: { afterMs: 1000 } })),
      }),
    }),
  }
  const engine = startEngine({ log, world, user, agentOf: () => agentWith(never, []) })
  await log.append(one, [queued('hello')])
  await stateWhen(log, one, (state) => state.open?.steps.length === 1)
  const cancel: NewSessionEvent = { type: 'turn.cancel_requested', command: commandId('c'), by: 'test' }
  await log.append(one, [cancel])
  const cancelled = await stateWhen(log, one, (state) => state.turns.length === 1)
  expect(cancelled.turns[0]?.end?.outcome).toBe('cancelled')

  await log.append(two, [queued('hello')])
  const over = stateWhen(log, two, (state) => state.turns.length === 1)
  const failed = await passing(world, 1000, over)
  expect(failed.turns[0]?.end).toMatchObject({ outcome: 'failed', fault: { code: 'rate_limited' } })
  await engine.close()
})
