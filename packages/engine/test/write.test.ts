import { memoryLog } from '@nacre/log/testing'
import type { NewSessionEvent } from '@nacre/session'
import { callId, commandId, sessionId, stepId, streamName, turnId, userId } from '@nacre/types'
import { expect, test } from 'vitest'
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
const claim: NewSessionEvent = { type: 'session.claimed', epoch: 2, engine: 'other' }

test('behind a command the outcomes are written and the decisions dropped', async () => {
  await using log = memoryLog({ now: () => 1 })
  const writer = createWriter(log, stream, 1, 0)
  await log.append(stream, [command])
  const ack = await writer.write([outcome, decision])
  expect(ack).toMatchObject({ accepted: false, events: [{ type: 'turn.cancel_requested' }, { type: 'tool.finished' }] })
  expect(await writer.write([decision])).toMatchObject({ accepted: true, events: [{ type: 'step.started' }] })
})

test('behind a higher claim nothing is written at all', async () => {
  await using log = memoryLog({ now: () => 1 })
  const writer = createWriter(log, stream, 1, 0)
  await log.append(stream, [claim])
  expect(await writer.write([outcome, decision])).toBe('lost')
  expect((await log.read(stream)).events).toHaveLength(1)
})
