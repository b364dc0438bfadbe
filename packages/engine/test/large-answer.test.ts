import { startEngine } from '@nacre/engine'
import { systemWorld } from '@nacre/kit'
import { memoryLog } from '@nacre/log/testing'
import { scriptedAnswer } from '@nacre/providers/testing'
import { type NewSessionEvent, type SessionState, waitingFor } from '@nacre/session'
import { APPEND_LIMIT, commandId } from '@nacre/types'
import { expect, test } from 'vitest'
import { askTool } from './fixtures/asking.js'
import { agentWith, modelOf } from './fixtures/scenario.js'
import { alice, queued, stateWhen, streamOf } from './fixtures/watch.js'

const one = streamOf('s1')
const asks = (state: SessionState) => waitingFor(state)?.status.type === 'questioned'

test('an answer that just fits into one append does not stop its turn', async () => {
  await using log = memoryLog({ now: Date.now })
  const model = modelOf((round) =>
    round === 0 ? scriptedAnswer('', [{ name: 'ask', args: { question: 'Which?' } }]) : scriptedAnswer('done'),
  )
  const failures: unknown[] = []
  const failed = Promise.withResolvers<void>()
  const engine = startEngine({
    log,
    world: systemWorld(),
    user: alice,
    agentOf: () => agentWith(model, [askTool]),
    onError: (_, error) => {
      failures.push(error)
      failed.resolve()
    },
  })
  await log.append(one, [queued('a')])
  const asking = await stateWhen(log, one, asks)
  const answer = (bytes: number): NewSessionEvent => ({
    type: 'question.answered',
    command: commandId('c'),
    question: waitingFor(asking)?.call ?? '',
    by: 'me',
    parts: [{ type: 'text', text: 'x'.repeat(bytes) }],
  })
  const frame = Buffer.byteLength(JSON.stringify(answer(0)))
  await log.append(one, [answer(APPEND_LIMIT.bytes - frame)])
  await Promise.race([failed.promise, stateWhen(log, one, (state) => state.turns.length === 1)])
  expect(failures).toEqual([])
  await engine.close()
})
