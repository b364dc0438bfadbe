import { startEngine } from '@nacre/engine'
import { systemWorld } from '@nacre/kit'
import { memoryLog } from '@nacre/log/testing'
import { scriptedAnswer } from '@nacre/providers/testing'
import type { Agent } from '@nacre/runtime'
import type { NewSessionEvent } from '@nacre/session'
import { commandId } from '@nacre/types'
import { expect, test } from 'vitest'
import { askTool } from './fixtures/asking.js'
import { agentWith, modelOf } from './fixtures/scenario.js'
import { alice, compacting, queued, stateWhen, streamOf } from './fixtures/watch.js'

const one = streamOf('s1')
const select = (command: string, what: { agent?: string; model?: string }): NewSessionEvent => ({
  type: 'session.selected',
  command: commandId(command),
  by: 'test',
  ...what,
})
/** An agent that answers with its own name and the model's. */
const named = (name: string, model = 'own'): Agent => ({
  ...agentWith(
    modelOf(() => scriptedAnswer(`${name} by ${model}`)),
    [],
  ),
  prompt: `You are ${name}.`,
  model,
})
const answer = (text: string) => [{ type: 'text', text }]

test('from the next turn on the selected agent answers with the selected model, and an agent alone with its own', async () => {
  await using log = memoryLog({ now: Date.now })
  const engine = startEngine({ log, world: systemWorld(), user: alice, agentOf: named })
  const turns = [{}, { model: 'p/other' }, { agent: 'helper' }, { agent: 'default' }]
  let state = await stateWhen(log, one, () => true)
  for (const [n, what] of turns.entries()) {
    await log.append(one, [select(`c${n}`, what), queued(`q${n}`)])
    state = await stateWhen(log, one, (each) => each.turns.length === n + 1)
  }
  await engine.close()
  expect(state.turns.map(({ steps }) => [steps[0]?.model, steps[0]?.end?.parts])).toEqual([
    ['own', answer('default by own')],
    ['p/other', answer('default by p/other')],
    ['own', answer('helper by own')],
    ['own', answer('default by own')],
  ])
  const prefixes = (await log.read(one)).events.filter(({ type }) => type === 'prefix.set')
  expect(prefixes).toHaveLength(3)
})

test('what is selected just before a turn is started holds for it', async () => {
  await using log = memoryLog({ now: Date.now })
  let raced = false
  const racing: typeof log = {
    ...log,
    async append(stream, events, options) {
      if (!raced && events.some(({ type }) => type === 'turn.started')) {
        raced = true
        await log.append(one, [select('x', { agent: 'helper', model: 'p/other' })])
      }
      return log.append(stream, events, options)
    },
  }
  const engine = startEngine({ log: racing, world: systemWorld(), user: alice, agentOf: named })
  await log.append(one, [queued('a')])
  const state = await stateWhen(log, one, (each) => each.turns.length === 1)
  await engine.close()
  expect([raced, state.turns[0]?.steps.map(({ end }) => end?.parts)]).toEqual([true, [answer('helper by p/other')]])
})

test('a turn that waits goes on with what it began with, also under another engine', async () => {
  await using log = memoryLog({ now: Date.now })
  const asking = (name: string, model = 'own'): Agent => ({
    ...agentWith(
      modelOf((round) =>
        scriptedAnswer(`${name} by ${model}`, round === 0 ? [{ name: 'ask', args: { question: '?' } }] : []),
      ),
      [askTool],
    ),
    model,
  })
  const first = startEngine({ log, world: systemWorld(), user: alice, agentOf: asking })
  await log.append(one, [queued('a')])
  const waiting = await stateWhen(log, one, (each) => each.open?.steps[0]?.calls[0]?.status.type === 'questioned')
  await first.close()
  await log.append(one, [select('x', { agent: 'helper', model: 'p/other' })])
  const second = startEngine({ log, world: systemWorld(), user: alice, agentOf: asking })
  const status = waiting.open?.steps[0]?.calls[0]?.status
  const question = status?.type === 'questioned' ? status.question : ''
  await log.append(one, [
    {
      type: 'question.answered',
      command: commandId('q'),
      question,
      parts: [{ type: 'text', text: 'so' }],
      by: 'test',
    } as never,
    queued('b'),
  ])
  await stateWhen(log, one, (each) => each.turns.length === 1 && each.open !== undefined)
  const state = await stateWhen(log, one, (each) => each.turns.length === 1)
  await second.close()
  expect(state.turns[0]?.steps.map(({ model }) => model)).toEqual(['own', 'own'])
  expect(state.open?.steps[0]?.model ?? 'p/other').toBe('p/other')
})

test('a session whose agent is gone waits, says so, and goes on when another one is selected, in an open turn too', async () => {
  for (const isOpen of [false, true]) {
    await using log = memoryLog({ now: Date.now })
    await log.append(one, [
      { type: 'session.created', title: '', agent: 'gone' } as never,
      queued('a'),
      ...(isOpen ? [{ type: 'turn.started', turn: 'a' } as never] : []),
    ])
    const agentOf = (name: string, model?: string) => (name === 'gone' ? undefined : named(name, model))
    const engine = startEngine({ log, world: systemWorld(), user: alice, agentOf })
    const refused = await stateWhen(log, one, (each) => each.notices.length > 0)
    expect(refused.notices[0]?.text).toContain('Select another agent')
    await log.append(one, [select('x', { agent: 'default' })])
    const state = await stateWhen(log, one, (each) => each.turns.length === 1)
    expect(state.turns[0]?.steps[0]?.end?.parts).toEqual(answer('default by own'))
    await engine.close()
  }
})

test('a compaction that is asked for waits its turn, is done once however often it is sent, and is paid for', async () => {
  await using log = memoryLog({ now: Date.now })
  const model = modelOf((_, text) =>
    text.startsWith('[Nacre, not')
      ? scriptedAnswer('! the boat is blue\nWe talked.')
      : scriptedAnswer('word '.repeat(500)),
  )
  const budget = { day: { tokens: 1_000_000 } }
  const engine = startEngine({ log, world: systemWorld(), user: alice, agentOf: () => agentWith(model, []), budget })
  await log.append(one, [queued('a'), compacting('c'), queued('b'), compacting('c')])
  const state = await stateWhen(log, one, (each) => each.turns.length === 3)
  await engine.close()
  expect(state.turns.map(({ turn, end, allowance }) => [turn, end?.outcome, allowance?.tokens !== undefined])).toEqual([
    ['a', 'completed', true],
    ['c', 'completed', true],
    ['b', 'completed', true],
  ])
  expect(state.compaction?.pins).toEqual(['the boat is blue'])
  expect(state.turns[1]?.compact).toMatchObject({ by: 'test' })
  expect(await log.verifyHeads?.()).toEqual([])
})
