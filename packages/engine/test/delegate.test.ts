import { startEngine } from '@nacre/engine'
import { systemWorld } from '@nacre/kit'
import { memoryLog } from '@nacre/log/testing'
import { scriptedAnswer } from '@nacre/providers/testing'
import { type Agent, answerOf } from '@nacre/runtime'
import { type NewSessionEvent, type SessionState, spentByTurn } from '@nacre/session'
import { recordingTool } from '@nacre/tool/testing'
import { commandId, type GenerateRequest, type Log } from '@nacre/types'
import { expect, test } from 'vitest'
import { delegateCall, delegateTool } from './fixtures/asking.js'
import { agentWith, approvedBy, modelOf } from './fixtures/scenario.js'
import { alice, queued, sessionsWhen, stateWhen, streamOf } from './fixtures/watch.js'

const one = streamOf('s1')
const done = (state: SessionState) => state.turns.length > 0
const usage = { inputTokens: 100, outputTokens: 10 }

/** Whoever is asked "give: a | b" delegates each of them at once and then says what came back; anybody else says "did x". */
const boss = modelOf((round, text, request) => {
  const goals = text.startsWith('give: ') ? text.slice(6).split(' | ') : []
  if (round === 0 && goals.length > 0)
    return scriptedAnswer(
      '',
      goals.map((goal) => delegateCall(goal)),
      usage,
    )
  return scriptedAnswer(goals.length > 0 ? `heard: ${lastResults(request)}` : `did ${text}`, [], usage)
})

function lastResults({ messages }: GenerateRequest): string {
  const last = messages.findLast((message) => message.role === 'tool')
  const parts = last?.role === 'tool' ? last.results.flatMap((result) => result.parts) : []
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join(' & ')
}

const engineOver = (log: Log, agents: Readonly<Record<string, Agent>>, concurrentTurns = 10) =>
  startEngine({ log, world: systemWorld(), user: alice, agentOf: (name) => agents[name], concurrentTurns })

test('a delegate works in a session of its own, as the agent that it is, and its answer is the result of the call', async () => {
  await using log = memoryLog({ now: Date.now })
  const sent: GenerateRequest[] = []
  const helperModel = modelOf((_, text, request) => {
    sent.push(request)
    return scriptedAnswer(`found ${text}`, [], usage)
  })
  const helper: Agent = { ...agentWith(helperModel, [recordingTool()]), prompt: 'You help.' }
  const engine = engineOver(log, { default: agentWith(boss, [delegateTool]), helper })
  await log.append(one, [queued('a', 'give: the keys')])
  const state = await stateWhen(log, one, done)
  expect(answerOf(state)).toBe('heard: found the keys')
  const [child] = await sessionsWhen(log, 'd-', 1)
  if (child === undefined) throw new Error('there is no session of a delegate')
  const delegate = await stateWhen(log, child, (each) => each.delivered)
  expect(delegate).toMatchObject({ agent: 'helper', parent: { session: 's1', call: 'a.1.0', root: 's1', depth: 1 } })
  expect(sent[0]).toMatchObject({ system: 'You help.', tools: [{ name: 'record' }] })
  // What it cost is part of what the turn cost.
  expect(state.turns[0] && spentByTurn(state.turns[0]).tokens).toBe(3 * 110)
  await engine.close()
})

test('delegates that are asked in one answer work side by side', async () => {
  await using log = memoryLog({ now: Date.now })
  const both = Promise.withResolvers<void>()
  let atWork = 0
  const helper = agentWith(
    {
      name: 'waits',
      async *generate() {
        atWork += 1
        if (atWork === 2) both.resolve()
        await both.promise // Hangs for ever unless both work at once.
        yield* scriptedAnswer('ok')
      },
    },
    [],
  )
  const engine = engineOver(log, { default: agentWith(boss, [delegateTool]), helper })
  await log.append(one, [queued('a', 'give: left | right')])
  expect(answerOf(await stateWhen(log, one, done))).toBe('heard: ok & ok')
  await engine.close()
})

test.for([1, 2, 3])('nested delegates come to their end with %i turns at once', async (concurrentTurns) => {
  await using log = memoryLog({ now: Date.now })
  const nested = modelOf((round, text, request) => {
    const [, depth] = /^dig (\d)$/.exec(text) ?? []
    if (depth === undefined) return scriptedAnswer(`did ${text}`)
    if (round === 0) return scriptedAnswer('', [delegateCall(`dig ${Number(depth) - 1}`), delegateCall('look')])
    return scriptedAnswer(`(${lastResults(request)})`)
  })
  const agent = agentWith(nested, [delegateTool])
  const engine = engineOver(log, { default: agent, helper: agent }, concurrentTurns)
  const streams = ['s1', 's2', 's3'].map(streamOf)
  for (const stream of streams) await log.append(stream, [queued('a', 'dig 3')])
  for (const stream of streams) {
    const answer = answerOf(await stateWhen(log, stream, done))
    // The deepest is told to do it itself.
    expect(answer).toBe(
      '((((Delegates are 3 deep already. Do this part yourself. & Delegates are 3 deep already. Do this part yourself.) & did look) & did look) & did look)',
    )
  }
  await engine.close()
})

test('a cancel reaches the delegate, and its late answer is nothing', async () => {
  await using log = memoryLog({ now: Date.now })
  const begun = Promise.withResolvers<void>()
  const helper = agentWith(
    {
      name: 'hangs',
      async *generate(_, { signal }) {
        begun.resolve()
        yield { type: 'text', text: 'half' }
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
      },
    },
    [],
  )
  const engine = engineOver(log, { default: agentWith(boss, [delegateTool]), helper })
  await log.append(one, [queued('a', 'give: sleep')])
  const [child] = await sessionsWhen(log, 'd-', 1)
  if (child === undefined) throw new Error('there is no session of a delegate')
  await begun.promise
  const cancel: NewSessionEvent = { type: 'turn.cancel_requested', command: commandId('c'), by: 'test' }
  await log.append(one, [cancel])
  expect((await stateWhen(log, one, done)).turns[0]).toMatchObject({
    end: { outcome: 'cancelled' },
    steps: [{ calls: [{ status: { type: 'finished', outcome: 'interrupted' } }] }],
  })
  const delegate = await stateWhen(log, child, (state) => state.delivered)
  expect(delegate.turns[0]?.end?.outcome).toBe('cancelled')
  expect((await stateWhen(log, one, done)).turns).toHaveLength(1)
  await engine.close()
})

test('an approval that a delegate needs is told in the session that a person looks at, and answered in its own', async () => {
  await using log = memoryLog({ now: Date.now })
  const tool = recordingTool({ safety: 'privileged' })
  const model = modelOf((round, text) =>
    round === 0 ? scriptedAnswer('', [{ name: 'record', args: { note: text } }]) : scriptedAnswer('noted it'),
  )
  const engine = engineOver(log, { default: agentWith(boss, [delegateTool]), helper: agentWith(model, [tool]) })
  await log.append(one, [queued('a', 'give: a note')])
  const told = await stateWhen(log, one, (state) => state.notices.length > 0)
  const [child] = await sessionsWhen(log, 'd-', 1)
  if (child === undefined) throw new Error('there is no session of a delegate')
  expect(told.notices[0]?.text).toContain(child.slice('alice/'.length))
  const asking = await stateWhen(log, child, (state) => state.open?.steps[0]?.calls[0]?.status.type === 'asked')
  await log.append(child, [approvedBy(asking)])
  expect(answerOf(await stateWhen(log, one, done))).toBe('heard: noted it')
  expect(tool.calls).toEqual(['a note'])
  await engine.close()
})

test('delegates spend out of the turn that asked: together never more than its slice, and it is settled once', async () => {
  await using log = memoryLog({ now: Date.now })
  const helper = { ...agentWith(boss, []), limits: { ...agentWith(boss, []).limits, maxOutputTokens: 100 } }
  const asking: Agent = { ...helper, registry: agentWith(boss, [delegateTool]).registry }
  const budget = { day: { tokens: 100_000 }, turn: { tokens: 4_000 } }
  const agents: Readonly<Record<string, Agent>> = { default: asking, helper }
  const engine = startEngine({ log, world: systemWorld(), user: alice, agentOf: (name) => agents[name], budget })
  await log.append(one, [queued('a', 'give: x | y | z')])
  const asked = await stateWhen(log, one, (state) => state.open?.steps[0]?.calls[2]?.status.type === 'questioned')
  const slices = asked.open?.steps[0]?.calls.map((call) => call.spent?.tokens ?? 0) ?? []
  expect(slices).toHaveLength(3)
  expect(Math.max(...slices)).toBeLessThanOrEqual(1000)
  expect(asked.open && spentByTurn(asked.open).tokens).toBeLessThanOrEqual(4_000)
  const state = await stateWhen(log, one, done)
  expect(state.turns[0]?.end?.outcome).toBe('completed')
  expect(state.turns[0] && spentByTurn(state.turns[0]).tokens).toBe(5 * 110)
  for (const child of await sessionsWhen(log, 'd-', 3)) {
    const { open, turns, parent } = await stateWhen(log, child, (each) => each.delivered)
    expect([open, turns[0]?.allowance]).toEqual([undefined, parent?.allowance])
  }
  await engine.close()
})

test('a delegate that may spend nothing more is refused, and one that reaches its slice says so', async () => {
  await using log = memoryLog({ now: Date.now })
  const helper = agentWith(boss, [])
  const few = modelOf((round, _, request) =>
    round === 0 ? scriptedAnswer('', [delegateCall('x', { tokens: 5 })]) : scriptedAnswer(lastResults(request)),
  )
  const engine = engineOver(log, { default: agentWith(few, [delegateTool]), helper })
  await log.append(one, [queued('a', 'go')])
  const state = await stateWhen(log, one, done)
  expect(answerOf(state)).toContain('The delegate did not finish: budget_exceeded.')
  expect(state.turns[0]?.steps[0]?.calls[0]?.status).toMatchObject({ type: 'finished', outcome: 'error' })
  await engine.close()
})

test('a session whose agent is not configured any more is not driven by another one, and says so', async () => {
  await using log = memoryLog({ now: Date.now })
  const engine = engineOver(log, { default: agentWith(boss, []) })
  const created: NewSessionEvent = { type: 'session.created', title: '', agent: 'gone' }
  await log.append(one, [created, queued('a')])
  const state = await stateWhen(log, one, (each) => each.notices.length > 0)
  expect(state.notices[0]?.text).toContain('The agent gone')
  expect(state.open).toBeUndefined()
  await engine.close()
})
