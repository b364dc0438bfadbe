import assert from 'node:assert/strict'
import { systemWorld } from '@nacre/kit'
import { scriptedAnswer, scriptedProvider } from '@nacre/providers/testing'
import { type CollectedTurn, DEFAULT_LIMITS, runTurn, type TurnEnd, withInput } from '@nacre/runtime'
import { apply, eventVersion, lift, type NewSessionEvent, type SessionState } from '@nacre/session'
import { createRegistry, DEFAULT_POLICY } from '@nacre/tool'
import { blobHash, commandId, sessionId } from '@nacre/types'
import { booked, bookFerry } from './ferry.ts'

// A tool of your own: the model's mistake is told to it in words, a person approves, progress is shown, it runs once.

const world = systemWorld()
const trip = { from: 'Chios', to: 'Oinousses' }

// What a model would say, call by call. The script fails on a call too many, and on one too few.
using model = scriptedProvider([
  scriptedAnswer('I book twelve.', [{ name: 'book_ferry', args: { ...trip, seats: 12 } }]),
  scriptedAnswer('Six, then.', [{ name: 'book_ferry', args: { ...trip, seats: 6 } }]),
  scriptedAnswer('Six seats are booked.'),
])

const around = {
  session: sessionId('trip'),
  agent: {
    prompt: 'You plan trips.',
    provider: model,
    model: 'scripted',
    registry: createRegistry([bookFerry]),
    policy: DEFAULT_POLICY, // privileged calls are asked about
    limits: DEFAULT_LIMITS,
  },
  ports: {
    world,
    // Nothing here is large enough to be kept aside; examples/embed-a-turn has blobs that keep.
    blobs: { put: async () => blobHash('0'.repeat(64)), get: async () => undefined, drop: async () => {} },
  },
  signal: AbortSignal.timeout(30_000),
}

// 1. The turn stops where it cannot go on without a person. Nothing waits in memory: only the state is left.
const first = await play(withInput('Book the ferry for all of us.', world))
assert(first.end.type === 'waiting')
const { call } = first.end
assert.deepEqual([call.name, JSON.parse(call.argsText)], ['book_ferry', { ...trip, seats: 6 }])
assert.equal(booked.length, 0)

// The call that was wrong did not run either, and the model read what to change.
const results = model.requests[1]?.messages.at(-1)
assert(results?.role === 'tool')
assert.deepEqual(results.results[0]?.parts, [
  {
    type: 'text',
    text: 'The arguments of book_ferry were refused, and it did not run:\n- seats: expected at most 6, got 12',
  },
])

// 2. Somebody says yes: one more event, and the same turn goes on from the fold.
console.log(`allowed: ${call.name} ${call.argsText}`)
const approved = withEvent(first.end.state, {
  type: 'approval.resolved',
  command: commandId(world.id()),
  call: call.call,
  hash: call.status.type === 'asked' ? call.status.hash : '',
  verdict: 'approved',
  scope: 'once',
  by: 'captain',
})
const second = await play(approved)

assert(second.end.type === 'finished')
assert.equal(second.end.outcome, 'completed')
assert.deepEqual(booked, [call.call])
assert.equal(second.progress, 'asking the harbour of Chios …\n6 seats are held\n')
assert.equal(second.text, 'Six seats are booked.')

type Played = Pick<CollectedTurn, 'text'> & { readonly end: TurnEnd; readonly progress: string }

/** Runs a turn until it ends or waits, and shows what it says and does on the way. */
async function play(state: SessionState): Promise<Played> {
  let text = ''
  let progress = ''
  const turn = runTurn({ ...around, state })
  let next = await turn.next()
  for (; !next.done; next = await turn.next()) {
    const item = next.value
    if (item.type === 'text.delta') text += item.text
    if (item.type === 'tool.progress') progress += item.text
    if (item.type === 'text.delta' || item.type === 'tool.progress') process.stdout.write(item.text)
  }
  console.log()
  return { text, progress, end: next.value }
}

/** A log would give the event its place; without one we do. */
function withEvent(state: SessionState, event: NewSessionEvent): SessionState {
  return apply(state, lift({ ...event, seq: state.seq + 1, at: world.now(), v: eventVersion(event.type) }))
}
