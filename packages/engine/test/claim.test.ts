import { type Effector, startEngine } from '@nacre/engine'
import { systemWorld } from '@nacre/kit'
import { memoryLog } from '@nacre/log/testing'
import { scriptedAnswer } from '@nacre/providers/testing'
import type { NewSessionEvent } from '@nacre/session'
import { defineTool } from '@nacre/tool'
import { callId, inputId, type Provider, stepId, turnId } from '@nacre/types'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { agentWith, modelOf } from './fixtures/scenario.js'
import { alice, queued, stateWhen, streamOf } from './fixtures/watch.js'

const one = streamOf('s1')

test('what an engine that died has left open is asked about only when its effector knows the new epoch', async () => {
  await using log = memoryLog({ now: Date.now })
  const happened: string[] = []
  const effector: Effector = { fence: async ({ epoch }) => void happened.push(`fence ${epoch}`) }
  const move = defineTool({
    name: 'move',
    description: 'Moves.',
    input: z.strictObject({}),
    safety: 'read-only',
    replay: 'reconcile',
    run: async () => 'moved',
    reconcile: async (_, { epoch }) => {
      happened.push(`asked under ${epoch}`)
      return 'not_started'
    },
  })
  const turn = turnId('one')
  const [step, call] = [stepId('one.1'), callId('one.1.0')]
  const left: NewSessionEvent[] = [
    queued('one'),
    { type: 'session.claimed', epoch: 1, engine: 'dead' },
    { type: 'turn.started', turn },
    { type: 'step.started', turn, step, inputs: [inputId('one')], provider: 'p', model: 'm' },
    {
      type: 'step.finished',
      step,
      outcome: 'completed',
      parts: [{ type: 'call', call, name: 'move', argsText: '{}' }],
      stop: 'tool_calls',
    },
    { type: 'tool.started', call, name: 'move', args: {}, epoch: 1 },
  ]
  await log.append(one, left)
  const agent = agentWith(
    modelOf(() => scriptedAnswer('Moved.')),
    [move],
  )
  const engine = startEngine({
    log,
    world: systemWorld(),
    user: alice,
    agentOf: () => ({ ...agent, policy: { ...agent.policy, 'read-only': 'allow' } }),
    effectors: [effector],
  })
  const state = await stateWhen(log, one, (now) => now.turns.length === 1)
  expect(state.turns[0]?.end?.outcome).toBe('completed')
  expect(happened).toEqual(['fence 2', 'asked under 2'])
  await engine.close()
})

test('an engine that sees the claim of another one ends its model call, and records nothing more', async () => {
  await using log = memoryLog({ now: Date.now })
  const called = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const hanging: Provider = {
    name: 'hangs',
    async *generate(_, { signal }) {
      called.resolve()
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      ended.resolve()
    },
  }
  const agent = agentWith(hanging, [])
  let taken = 0
  const leases = { take: async () => (taken++ === 0 ? { release: async () => undefined } : undefined) }
  const engine = startEngine({ log, world: systemWorld(), user: alice, agentOf: () => agent, leases })
  await log.append(one, [queued('one')])
  await called.promise
  await log.append(one, [{ type: 'session.claimed', epoch: 2, engine: 'other' } as NewSessionEvent])
  await ended.promise
  await engine.close()
  const { events } = await log.read(one)
  expect(events.at(-1)?.type).toBe('session.claimed')
})
