import { startEngine } from '@nacre/engine'
import { systemWorld } from '@nacre/kit'
import { memoryLog } from '@nacre/log/testing'
import { scriptedAnswer } from '@nacre/providers/testing'
import type { GenerateRequest, Log, StreamName } from '@nacre/types'
import { expect, test } from 'vitest'
import { agentWith, modelOf } from './fixtures/scenario.js'
import { alice, queued, stateWhen, streamOf } from './fixtures/watch.js'

const one = streamOf('s1')
const copy = streamOf('copy')
const LONG = 'a long answer '.repeat(300)

/** Talks until its context was summed up, with all that its model was asked. */
async function talked(log: Log, stream: StreamName, turns: number) {
  const requests: GenerateRequest[] = []
  const model = modelOf((_, text, request) => {
    requests.push(request)
    return scriptedAnswer(text.startsWith('[Nacre, not') ? '! the boat is blue\nWe talked.' : LONG)
  })
  const plain = agentWith(model, [])
  const agent = { ...plain, limits: { ...plain.limits, contextTokens: 5000, maxOutputTokens: 500 } }
  const start = (over: Log) => startEngine({ log: over, world: systemWorld(), user: alice, agentOf: () => agent })
  const engine = start(log)
  for (let n = 1; n <= turns; n++) {
    await log.append(stream, [queued(`question ${n}`)])
    await stateWhen(log, stream, (state) => state.turns.length === n)
  }
  await engine.close()
  return { requests, start }
}

const seqOf = async (log: Log, stream: StreamName, type: string) =>
  (await log.read(stream)).events.findLast((event) => event.type === type)?.seq ?? 0

test('a cold session is driven from its checkpoint: what was before is not read', async () => {
  await using log = memoryLog({ now: Date.now })
  const { requests, start } = await talked(log, one, 6)
  const checkpoint = await seqOf(log, one, 'session.compacted')
  expect(checkpoint).toBeGreaterThan(0)
  const read: number[] = []
  const watched: Log = Object.assign(Object.create(log), {
    read: async (...[stream, range]: Parameters<Log['read']>) => {
      const page = await log.read(stream, range)
      if (stream === one) read.push(...page.events.map(({ seq }) => seq))
      return page
    },
  })
  const engine = start(watched)
  await log.append(one, [queued('one more')])
  await stateWhen(log, one, (state) => state.turns.length === 7)
  await engine.close()
  // An input may have come between the checkpoint's state and its event; nothing older is looked at.
  expect(Math.min(...read)).toBeGreaterThanOrEqual(checkpoint - 1)
  expect(JSON.stringify(requests.at(-1)?.messages)).toContain('- the boat is blue')
})

test.for(['missing', 'of another session'])('a checkpoint that is %s costs time and nothing else', async (how) => {
  await using log = memoryLog({ now: Date.now })
  const { requests, start } = await talked(log, one, 6)
  const from = how === 'missing' ? one : copy
  if (how !== 'missing') await log.fork(one, await seqOf(log, one, 'turn.finished'), copy)
  const lost: Log = Object.assign(Object.create(log), { blobs: { ...log.blobs, get: async () => undefined } })
  const engine = start(how === 'missing' ? lost : log)
  await log.append(from, [queued('one more')])
  const state = await stateWhen(log, from, (each) => each.turns.length === 7)
  await engine.close()
  expect(state.turns.at(-1)?.end?.outcome).toBe('completed')
  const sent = JSON.stringify(requests.at(-1)?.messages)
  expect(sent).toContain('- the boat is blue')
  expect(sent).toContain('one more')
})
