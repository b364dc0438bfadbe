import { startEngine } from '@nacre/engine'
import { systemWorld } from '@nacre/kit'
import { fakeWorld } from '@nacre/kit/testing'
import { memoryLog } from '@nacre/log/testing'
import { scriptedAnswer } from '@nacre/providers/testing'
import { answerOf } from '@nacre/runtime'
import { type ApprovalResolved, type NewSessionEvent, type SessionState, waitingFor } from '@nacre/session'
import { recordingTool } from '@nacre/tool/testing'
import { commandId, LEDGER, type Log, type StreamName, type World } from '@nacre/types'
import { expect, test } from 'vitest'
import { askTool } from './fixtures/asking.js'
import { agentWith, approvedBy, modelOf } from './fixtures/scenario.js'
import { alice, passing, queued, stateWhen, streamOf } from './fixtures/watch.js'

const one = streamOf('s1')
const noting = modelOf((round, text) =>
  round === 0 ? scriptedAnswer('', [{ name: 'record', args: { note: text.split(' #')[0] } }]) : scriptedAnswer('done'),
)
const asks = (state: SessionState) => waitingFor(state)?.status.type === 'asked'
const outcomeIn = (state: SessionState) => {
  const status = state.turns.at(-1)?.steps[0]?.calls[0]?.status
  return status?.type === 'finished' ? status.outcome : undefined
}

function stage(log: Log, world: World = systemWorld()) {
  const tool = recordingTool({ safety: 'privileged' })
  const agent = agentWith(noting, [tool])
  const engine = startEngine({ log, world, user: alice, agentOf: () => agent })
  return { tool, engine, agent }
}

async function say(log: Log, stream: StreamName, text: string): Promise<void> {
  await log.append(stream, [queued(text)])
}

const turnsDone = (count: number) => (state: SessionState) => state.turns.length === count

test('for the session holds for the same tool with the same arguments, and for nothing else', async () => {
  await using log = memoryLog({ now: Date.now })
  const { tool, engine } = stage(log)
  await say(log, one, 'x #1')
  await log.append(one, [approvedBy(await stateWhen(log, one, asks), 'session')])
  await stateWhen(log, one, turnsDone(1))
  await say(log, one, 'x #2')
  await stateWhen(log, one, turnsDone(2)) // Nobody is asked.
  await say(log, one, 'y')
  await stateWhen(log, one, (state) => state.turns.length === 2 && asks(state))
  await say(log, streamOf('s2'), 'x #1')
  await stateWhen(log, streamOf('s2'), asks)
  expect(tool.calls).toEqual(['x', 'x'])
  await engine.close()
})

test('always holds in every session, after a restart too, until it is taken back', async () => {
  await using log = memoryLog({ now: Date.now })
  const first = stage(log)
  await say(log, one, 'x #1')
  const asking = await stateWhen(log, one, asks)
  await log.append(one, [approvedBy(asking, 'always')])
  await stateWhen(log, one, turnsDone(1))
  await first.engine.close()

  const { tool, engine } = stage(log)
  await say(log, streamOf('s2'), 'x #1')
  await stateWhen(log, streamOf('s2'), turnsDone(1))
  expect(tool.calls).toEqual(['x'])

  const taken: ApprovalResolved = {
    ...approvedBy(asking),
    verdict: 'denied',
    scope: 'always',
    command: commandId('no'),
  }
  await log.append(streamOf(LEDGER), [taken])
  await say(log, streamOf('s3'), 'x #1')
  await stateWhen(log, streamOf('s3'), asks)
  await engine.close()
})

test('what the policy denies stays denied, whatever was approved', async () => {
  await using log = memoryLog({ now: Date.now })
  const asking = stage(log)
  await say(log, one, 'x #1')
  await log.append(one, [approvedBy(await stateWhen(log, one, asks), 'always')])
  await stateWhen(log, one, turnsDone(1))
  await asking.engine.close()
  const strict = { ...asking.agent, policy: { ...asking.agent.policy, tools: { record: 'deny' as const } } }
  const engine = startEngine({ log, world: systemWorld(), user: alice, agentOf: () => strict })
  await say(log, one, 'x #2')
  expect(outcomeIn(await stateWhen(log, one, turnsDone(2)))).toBe('denied')
  expect(asking.tool.calls).toEqual(['x'])
  await engine.close()
})

test('an answer to other arguments than were asked about is nothing', async () => {
  await using log = memoryLog({ now: Date.now })
  const { tool, engine } = stage(log)
  await say(log, one, 'x')
  const asking = await stateWhen(log, one, asks)
  const other: NewSessionEvent = { ...approvedBy(asking), hash: 'f'.repeat(64), command: commandId('other') }
  await log.append(one, [other])
  await log.append(one, [{ ...approvedBy(asking), verdict: 'denied' } as NewSessionEvent])
  expect(outcomeIn(await stateWhen(log, one, turnsDone(1)))).toBe('denied')
  expect(tool.calls).toEqual([])
  await engine.close()
})

test('one that nobody answers in time is denied, also when the time passed while no engine ran', async () => {
  const world = fakeWorld()
  await using log = memoryLog({ now: world.now })
  const first = stage(log, world)
  await say(log, one, 'x')
  const asking = await stateWhen(log, one, asks)
  await say(log, streamOf('s2'), 'y')
  await stateWhen(log, streamOf('s2'), asks)
  const week = first.agent.limits.approvalMs
  await world.advance(week - 1)
  expect((await log.read(one)).events.at(-1)?.type).toBe('approval.requested')
  expect(outcomeIn(await passing(world, 1, stateWhen(log, one, turnsDone(1))))).toBe('denied')
  expect((await log.read(one)).events.map((event) => event.type)).toContain('approval.expired')
  await log.append(one, [approvedBy(asking)]) // Too late: nothing.
  await passing(world, 1000, stateWhen(log, streamOf('s2'), turnsDone(1)))
  await first.engine.close()

  await say(log, streamOf('s3'), 'z')
  const second = stage(log, world)
  await stateWhen(log, streamOf('s3'), asks)
  await second.engine.close()
  await world.advance(week)
  await log.append(streamOf('s3'), [approvedBy(await stateWhen(log, streamOf('s3'), asks))]) // Too late as well.
  const third = stage(log, world)
  expect(outcomeIn(await passing(world, 1000, stateWhen(log, streamOf('s3'), turnsDone(1))))).toBe('denied')
  expect([first, second, third].flatMap(({ tool }) => tool.calls)).toEqual([])
  await third.engine.close()
})

test('a question waits without a slot, and its first answer is the result of the call', async () => {
  await using log = memoryLog({ now: Date.now })
  const curious = modelOf((round, text, { messages }) =>
    text === 'go' && round === 0
      ? scriptedAnswer('', [
          { name: 'ask', args: { question: 'Which way?' } },
          { name: 'ask', args: { question: 'How far?' } },
        ])
      : scriptedAnswer(JSON.stringify(messages.at(-1))),
  )
  const agent = agentWith(curious, [askTool])
  const engine = startEngine({ log, world: systemWorld(), user: alice, agentOf: () => agent, concurrentTurns: 1 })
  await log.append(one, [queued('go')])
  const asking = await stateWhen(log, one, (state) => state.open?.steps[0]?.calls[1]?.status.type === 'questioned')
  const answer = (n: number, text: string): NewSessionEvent => ({
    type: 'question.answered',
    command: commandId(`answer ${text}`),
    question: asking.open?.steps[0]?.calls[n]?.call ?? '',
    parts: [{ type: 'text', text }],
    by: 'test',
  })
  await say(log, streamOf('s2'), 'somebody else')
  await stateWhen(log, streamOf('s2'), turnsDone(1))
  for (const [n, text] of [
    [1, 'three miles'],
    [0, 'north'],
    [0, 'south'],
  ] as const)
    await log.append(one, [answer(n, text)])
  const state = await stateWhen(log, one, turnsDone(1))
  expect(answerOf(state)).toContain('north')
  expect(answerOf(state)).toContain('three miles')
  expect(answerOf(state)).not.toContain('south')
  await engine.close()
})
