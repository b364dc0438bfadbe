import { startEngine } from '@nacre/engine'
import { systemWorld } from '@nacre/kit'
import { memoryLog } from '@nacre/log/testing'
import { scriptedAnswer } from '@nacre/providers/testing'
import { type SessionState, waitingFor } from '@nacre/session'
import { recordingTool } from '@nacre/tool/testing'
import { expect, test } from 'vitest'
import { agentWith, approvedBy, modelOf } from './fixtures/scenario.js'
import { alice, queued, stateWhen, streamOf } from './fixtures/watch.js'

const one = streamOf('s1')
const asks = (state: SessionState) => waitingFor(state)?.status.type === 'asked'

test('what the policy denies by now stays denied, though it was asked about before and is approved', async () => {
  await using log = memoryLog({ now: Date.now })
  const tool = recordingTool({ safety: 'privileged' })
  const model = modelOf((round) =>
    round === 0 ? scriptedAnswer('', [{ name: 'record', args: { note: 'x' } }]) : scriptedAnswer('done'),
  )
  const agent = agentWith(model, [tool])
  const first = startEngine({ log, world: systemWorld(), user: alice, agentOf: () => agent })
  await log.append(one, [queued('a')])
  const asking = await stateWhen(log, one, asks)
  await first.close()
  const strict = { ...agent, policy: { ...agent.policy, tools: { record: 'deny' as const } } }
  const engine = startEngine({ log, world: systemWorld(), user: alice, agentOf: () => strict })
  await log.append(one, [approvedBy(asking, 'always')])
  await stateWhen(log, one, (state) => state.turns.length === 1)
  expect(tool.calls).toEqual([])
  await engine.close()
})

test('always holds from then on in the turn that asked, too', async () => {
  await using log = memoryLog({ now: Date.now })
  const tool = recordingTool({ safety: 'privileged' })
  const model = modelOf((round) =>
    round < 2 ? scriptedAnswer('', [{ name: 'record', args: { note: 'x' } }]) : scriptedAnswer('done'),
  )
  const engine = startEngine({ log, world: systemWorld(), user: alice, agentOf: () => agentWith(model, [tool]) })
  await log.append(one, [queued('a')])
  await log.append(one, [approvedBy(await stateWhen(log, one, asks), 'always')])
  const end = await stateWhen(
    log,
    one,
    (state) => state.turns.length === 1 || (asks(state) && state.open?.steps.length === 2),
  )
  expect(end.turns).toHaveLength(1)
  expect(tool.calls).toEqual(['x', 'x'])
  await engine.close()
})
