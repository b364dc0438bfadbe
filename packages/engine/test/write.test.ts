import { memoryLog } from '@nacre/log/testing'
import type { NewSessionEvent } from '@nacre/session'
import { callId, commandId, sessionId, stepId, streamName, turnId, userId } from '@nacre/types'
import { expect, test } from 'vitest'
import { createHold } from '../dist/hold.js'
import { createWriter } from '../dist/write.js'

const stream = streamName(userId('alice'), sessionId('s1'))
const outcome: NewSessionEvent = { type: 'tool.finished', call: callId('a.1.0'), outcome: 'ok', parts: [] }
const decision: NewSessionEvent = {
  type: 'step.started',
  turn: turnId('a'),
  step: stepId('a.2'),
  inputs: [],
  provider: 'p',
  model: 'm',
}
const command: NewSessionEvent = { type: 'turn.cancel_requested', command: commandId('c'), by: 'test' }
const claimOf = (epoch: number): NewSessionEvent => ({ type: 'session.claimed', epoch, engine: 'other' })

/** The hold of an engine of epoch 1; `fenced` tells what its effectors were told. */
function holdOf(stands: boolean) {
  const fenced: number[] = []
  const effector = { fence: async ({ epoch }: { epoch: number }) => void fenced.push(epoch) }
  const hold = createHold(stream, 1, 'ours', [effector])
  if (stands) void hold.stands()
  return { hold, fenced }
}

test('behind a command the outcomes are written and the decisions dropped', async () => {
  await using log = memoryLog({ now: () => 1 })
  const writer = createWriter(log, holdOf(true).hold, 0)
  await log.append(stream, [command])
  const ack = await writer.write([outcome, decision])
  expect(ack).toMatchObject({ moved: true, events: [{ type: 'turn.cancel_requested' }, { type: 'tool.finished' }] })
  expect(await writer.write([decision])).toMatchObject({ moved: false, events: [{ type: 'step.started' }] })
})

test('behind a higher claim nothing is written at all', async () => {
  await using log = memoryLog({ now: () => 1 })
  const writer = createWriter(log, holdOf(true).hold, 0)
  await log.append(stream, [claimOf(2)])
  expect(await writer.write([outcome, decision])).toBe('lost')
  expect((await log.read(stream)).events).toHaveLength(1)
})

test('a claim that is owed goes with the first append, and effectors know of it before that is answered', async () => {
  await using log = memoryLog({ now: () => 1 })
  const { hold, fenced } = holdOf(false)
  const writer = createWriter(log, hold, 0)
  expect(await writer.write([decision])).toMatchObject({
    moved: false,
    events: [{ type: 'session.claimed', epoch: 1 }, { type: 'step.started' }],
  })
  expect(fenced).toEqual([1])
  await writer.write([outcome])
  expect((await log.read(stream)).events.map(({ type }) => type)).toEqual([
    'session.claimed',
    'step.started',
    'tool.finished',
  ])
})

test('behind a command an owed claim is written with the outcomes, and nothing without any', async () => {
  await using log = memoryLog({ now: () => 1 })
  const { hold } = holdOf(false)
  const writer = createWriter(log, hold, 0)
  await log.append(stream, [command])
  expect(await writer.write([decision])).toMatchObject({ moved: true, events: [{ type: 'turn.cancel_requested' }] })
  expect(await writer.write([outcome, decision])).toMatchObject({
    moved: false,
    events: [{ type: 'session.claimed' }, { type: 'tool.finished' }, { type: 'step.started' }],
  })
})

test('of two engines that owe the same epoch, the slower one has lost', async () => {
  await using log = memoryLog({ now: () => 1 })
  const { hold, fenced } = holdOf(false)
  const writer = createWriter(log, hold, 0)
  await log.append(stream, [claimOf(1)])
  expect(await writer.write([outcome, decision])).toBe('lost')
  expect(fenced).toEqual([])
})
