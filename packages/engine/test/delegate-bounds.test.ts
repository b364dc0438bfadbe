import { startEngine } from '@nacre/engine'
import { systemWorld } from '@nacre/kit'
import { memoryLog } from '@nacre/log/testing'
import { scriptedAnswer } from '@nacre/providers/testing'
import type { Agent } from '@nacre/runtime'
import type { NewSessionEvent, SessionState } from '@nacre/session'
import { commandId } from '@nacre/types'
import { expect, test } from 'vitest'
import { delegateCall, delegateTool } from './fixtures/asking.js'
import { agentWith, modelOf } from './fixtures/scenario.js'
import { alice, queued, sessionsWhen, stateWhen, streamOf } from './fixtures/watch.js'

const one = streamOf('s1')

test('a parent whose delegate has no agent any more is told', async () => {
  await using log = memoryLog({ now: Date.now })
  const boss = modelOf((round) => (round === 0 ? scriptedAnswer('', [delegateCall('x')]) : scriptedAnswer('done')))
  const agents = { default: agentWith(boss, [delegateTool]) } as Record<string, ReturnType<typeof agentWith>>
  const engine = startEngine({ log, world: systemWorld(), user: alice, agentOf: (name) => agents[name] })
  await log.append(one, [queued('a')])
  const state = await stateWhen(log, one, (each) => each.notices.length > 0 || each.turns.length > 0)
  expect(state.notices[0]?.text).toContain('helper')
  await engine.close()
})

test('a turn has at most sixteen delegates: the others are told to be done without, and all come to their end', async () => {
  await using log = memoryLog({ now: Date.now })
  const failures: unknown[] = []
  const failed = Promise.withResolvers<void>()
  const boss = modelOf((round, text) =>
    round === 0 && text === 'go'
      ? scriptedAnswer(
          '',
          Array.from({ length: 128 }, (_, n) => delegateCall(`${n} ${'y'.repeat(1000)}`)),
        )
      : scriptedAnswer('done'),
  )
  const agent = agentWith(boss, [delegateTool])
  const onError = (_: string, error: unknown) => {
    failures.push(error)
    failed.resolve()
  }
  const engine = startEngine({ log, world: systemWorld(), user: alice, agentOf: () => agent, onError })
  await log.append(one, [queued('a', 'go')])
  await Promise.race([failed.promise, stateWhen(log, one, (state) => state.turns.length === 1)])
  expect(failures).toEqual([])
  expect(await log.heads(`${alice}/d-`, { limit: 1000 })).toHaveLength(16)
  await engine.close()
})

test('a delegate that works already is found when its parent comes to wait again', async () => {
  await using log = memoryLog({ now: Date.now })
  const go = Promise.withResolvers<void>()
  const helper = agentWith(
    {
      name: 'slow',
      async *generate(request) {
        if (JSON.stringify(request.messages).includes('slowly')) await go.promise
        yield* scriptedAnswer('found it')
      },
    },
    [],
  )
  const boss = modelOf((round) =>
    scriptedAnswer('done', round === 0 ? [delegateCall('at once'), delegateCall('slowly')] : []),
  )
  const agents: Readonly<Record<string, Agent>> = { default: agentWith(boss, [delegateTool]), helper }
  const engine = startEngine({ log, world: systemWorld(), user: alice, agentOf: (name) => agents[name] })
  await log.append(one, [queued('a')])
  const callsOf = (state: SessionState) => (state.open ?? state.turns[0])?.steps[0]?.calls ?? []
  await stateWhen(log, one, (state) => callsOf(state)[0]?.status.type === 'finished')
  go.resolve()
  const state = await stateWhen(log, one, (each) => each.turns.length === 1)
  await engine.close()
  expect(callsOf(state).map(({ status }) => status)).toMatchObject(
    Array(2).fill({ outcome: 'ok', parts: [{ text: 'found it' }] }),
  )
})

test('a session that somebody has made under the name of a delegate does not keep its parent waiting, nor is it changed', async () => {
  const boss = modelOf((round) => scriptedAnswer('done', round === 0 ? [delegateCall('look')] : []))
  const agents: Readonly<Record<string, Agent>> = { default: agentWith(boss, [delegateTool]) }
  await using first = memoryLog({ now: Date.now })
  const before = startEngine({ log: first, world: systemWorld(), user: alice, agentOf: (name) => agents[name] })
  await first.append(one, [queued('a')])
  const [name = ''] = await sessionsWhen(first, 'd-', 1)
  await before.close()

  await using log = memoryLog({ now: Date.now })
  const taken = streamOf(name.split('/')[1] ?? '')
  await log.append(taken, [{ type: 'session.created', title: 'mine', agent: 'default' } as NewSessionEvent])
  const engine = startEngine({ log, world: systemWorld(), user: alice, agentOf: (agent) => agents[agent] })
  await log.append(one, [queued('a')])
  const state = await stateWhen(log, one, (each) => each.turns.length === 1)
  await engine.close()
  expect(state.turns[0]).toMatchObject({ end: { outcome: 'completed' } })
  expect(state.turns[0]?.steps[0]?.calls[0]).toMatchObject({
    spent: { tokens: 0 },
    status: { outcome: 'error', parts: [{ text: expect.stringContaining('could not begin') }] },
  })
  expect((await log.read(taken)).events).toHaveLength(1)
})

test('what a delegate was asked nobody else answers: its work would go on, and be paid by nobody', async () => {
  await using log = memoryLog({ now: Date.now })
  const begun = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const helper = agentWith(
    {
      name: 'slow',
      async *generate() {
        begun.resolve()
        await go.promise
        yield* scriptedAnswer('found it')
      },
    },
    [],
  )
  const boss = modelOf((round) => scriptedAnswer('done', round === 0 ? [delegateCall('look')] : []))
  const agents: Readonly<Record<string, Agent>> = { default: agentWith(boss, [delegateTool]), helper }
  const engine = startEngine({ log, world: systemWorld(), user: alice, agentOf: (name) => agents[name] })
  await log.append(one, [queued('a')])
  await begun.promise
  const [child] = await sessionsWhen(log, 'd-', 1)
  const forged: NewSessionEvent = {
    type: 'question.answered',
    command: commandId('c'),
    question: child?.split('/')[1] ?? '',
    parts: [{ type: 'text', text: 'forged' }],
    by: 'me',
  }
  await log.append(one, [forged])
  go.resolve()
  const state = await stateWhen(log, one, (each) => each.turns.length === 1)
  expect(state.turns[0]?.steps[0]?.calls[0]?.status).toMatchObject({ parts: [{ text: 'found it' }] })
  expect((await log.head(one))?.openWork).toBe(false)
  await engine.close()
})
