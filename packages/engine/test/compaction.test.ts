import { startEngine } from '@nacre/engine'
import { systemWorld } from '@nacre/kit'
import { memoryLog } from '@nacre/log/testing'
import { scriptedAnswer } from '@nacre/providers/testing'
import type { GenerateRequest } from '@nacre/types'
import { expect, test } from 'vitest'
import { agentWith, modelOf } from './fixtures/scenario.js'
import { alice, queued, stateWhen, streamOf } from './fixtures/watch.js'

const one = streamOf('s1')

test('a cold session tells its model what a compaction has kept of finished turns', async () => {
  await using log = memoryLog({ now: Date.now })
  const requests: GenerateRequest[] = []
  const model = modelOf((_, text, request) => {
    requests.push(request)
    return scriptedAnswer(
      text.startsWith('[Nacre, not') ? '! the boat is blue\nWe talked.' : `on ${text}: ${'word '.repeat(300)}`,
    )
  })
  const plain = agentWith(model, [])
  const agent = { ...plain, limits: { ...plain.limits, contextTokens: 5000, maxOutputTokens: 500 } }
  const start = () => startEngine({ log, world: systemWorld(), user: alice, agentOf: () => agent })
  const first = start()
  let n = 0
  for (let compacted = false; !compacted; ) {
    n += 1
    await log.append(one, [queued(`question ${n}`)])
    const count = n
    compacted = (await stateWhen(log, one, (state) => state.turns.length === count)).compaction !== undefined
  }
  await first.close()
  const warm = requests.at(-1)?.messages ?? []
  const engine = start()
  await log.append(one, [queued('one more')])
  await stateWhen(log, one, (state) => state.turns.length === n + 1)
  await engine.close()
  const cold = JSON.stringify(requests.at(-1)?.messages)
  expect(JSON.stringify(warm)).toContain(`on question ${n - 1}:`)
  expect(cold).toContain(`on question ${n - 1}:`)
})
