import { scriptedAnswer, scriptedProvider } from '@nacre/providers/testing'
import { withInput } from '@nacre/runtime'
import { fold, lift, type NewSessionEvent, type SessionState } from '@nacre/session'
import { DEFAULT_POLICY, type Policy } from '@nacre/tool'
import { recordingTool } from '@nacre/tool/testing'
import { callId, stepId, turnId } from '@nacre/types'
import { expect, test } from 'vitest'
import { agentOf, readAll, turnOf, world } from './support.js'

type Recording = ReturnType<typeof recordingTool>

/** What a crash leaves behind: a call that was started, and of which nobody heard again. */
function afterCrash(): SessionState {
  const state = withInput('go', world)
  const input = state.queue[0]?.input
  if (input === undefined) throw new Error('no input')
  const [turn, step, call] = [turnId(input), stepId(`${input}.1`), callId(`${input}.1.0`)]
  const events: NewSessionEvent[] = [
    { type: 'session.claimed', epoch: 1, engine: 'dead' },
    { type: 'turn.started', turn },
    { type: 'step.started', turn, step, inputs: [input], provider: 'p', model: 'm' },
    {
      type: 'step.finished',
      step,
      outcome: 'completed',
      parts: [{ type: 'call', call, name: 'record', argsText: '{"note":"x"}' }],
    },
    { type: 'tool.started', call, name: 'record', epoch: 1 },
  ]
  return fold(
    events.map((event, n) => lift({ ...event, seq: state.seq + n + 1, at: 0, v: 1 })),
    state,
  )
}

async function settled(tool: Recording, policy?: Policy) {
  using provider = scriptedProvider([scriptedAnswer('I see.')])
  const { events } = await readAll(turnOf(agentOf(provider, [tool], policy && { policy }), afterCrash()))
  const finished = events.filter((event) => event.type === 'tool.finished')
  expect(finished).toHaveLength(1)
  return { outcome: finished[0]?.outcome, runs: tool.calls.length, text: JSON.stringify(finished[0]?.parts) }
}

const reconciling = (found: 'not_started' | 'unknown' | 'done' | 'hangs'): Recording => ({
  ...recordingTool({ replay: 'reconcile' }),
  timeoutMs: 20,
  reconcile: () => {
    if (found === 'hangs') return new Promise(() => undefined)
    return Promise.resolve(found === 'done' ? { parts: [{ type: 'text', text: 'was done' }], isError: false } : found)
  },
})

test('never: it is not run again, and the model hears that the outcome is unknown', async () => {
  const { outcome, runs, text } = await settled(recordingTool())
  expect([outcome, runs]).toEqual(['unknown', 0])
  expect(text).toContain('unknown')
})

test('idempotent: it runs again', async () => {
  expect(await settled(recordingTool({ replay: 'idempotent' }))).toMatchObject({ outcome: 'ok', runs: 1 })
})

test('reconcile: the effector says what became of it, and only what was not started runs', async () => {
  expect(await settled(reconciling('done'))).toMatchObject({ outcome: 'ok', runs: 0 })
  expect(await settled(reconciling('unknown'))).toMatchObject({ outcome: 'unknown', runs: 0 })
  expect(await settled(reconciling('not_started'))).toMatchObject({ outcome: 'ok', runs: 1 })
})

test('reconcile: an effector that does not answer leaves the outcome unknown', async () => {
  expect(await settled(reconciling('hangs'))).toMatchObject({ outcome: 'unknown', runs: 0 })
})

test('what the policy denies by now is run no second time', async () => {
  const policy: Policy = { ...DEFAULT_POLICY, tools: { record: 'deny' } }
  expect(await settled(recordingTool({ replay: 'idempotent' }), policy)).toMatchObject({ outcome: 'unknown', runs: 0 })
  expect(await settled(recordingTool({ safety: 'read-only', replay: 'pure' }), policy)).toMatchObject({
    outcome: 'denied',
    runs: 0,
  })
  expect(await settled(reconciling('not_started'), policy)).toMatchObject({ outcome: 'denied', runs: 0 })
})
