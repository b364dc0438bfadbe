import {
  type ApprovalResolved,
  closeFork,
  fold,
  hasWork,
  headOf,
  isUnknown,
  lift,
  type NewSessionEvent,
  waitingFor,
} from '@nacre/session'
import { stored } from '@nacre/session/testing'
import { callId, commandId, inputId, sessionId, stepId, streamName, turnId, userId } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eventsArbitrary } from './arbitrary.js'
import { actionsArbitrary, history } from './lawful.js'

const stream = streamName(userId('alice'), sessionId('s1'))
const text = (words: string) => [{ type: 'text', text: words }] as const
const queue = (id: string, mode: 'queue' | 'steer' | 'reject' = 'queue'): NewSessionEvent => ({
  type: 'turn.queued',
  input: inputId(id),
  parts: text(`say ${id}`),
  mode,
  by: 'test',
})
const cancel = (turn?: string): NewSessionEvent => ({
  type: 'turn.cancel_requested',
  command: commandId('c'),
  by: 'test',
  ...(turn && { turn: turnId(turn) }),
})
const begin = (id: string): NewSessionEvent[] => [
  { type: 'turn.started', turn: turnId(id) },
  { type: 'step.started', turn: turnId(id), step: stepId(`${id}.1`), inputs: [inputId(id)], provider: 'p', model: 'm' },
]
const callTools = (id: string): NewSessionEvent[] => [
  {
    type: 'step.finished',
    step: stepId(`${id}.1`),
    outcome: 'completed',
    parts: [{ type: 'call', call: callId(`${id}.1.0`), name: 'shell_exec', argsText: '{}' }],
  },
  { type: 'approval.requested', call: callId(`${id}.1.0`), name: 'shell_exec', hash: 'h', safety: 'privileged' },
]
const resolve = (id: string, verdict: 'approved' | 'denied'): NewSessionEvent => ({
  type: 'approval.resolved',
  command: commandId('r'),
  call: callId(id),
  hash: 'h',
  verdict,
  scope: 'once',
  by: 'test',
})
const NOW = 1_700_000_000_000
const LATER = 9_000_000_000_000
const after = (...events: NewSessionEvent[]) => fold(stored(events))

describe('the judge', () => {
  test('an input whose id was seen before is nothing, also when its turn is long over', () => {
    const done: NewSessionEvent = { type: 'turn.finished', turn: turnId('a'), outcome: 'completed' }
    expect(after(queue('a'), queue('a')).queue).toHaveLength(1)
    expect(after(queue('a'), ...begin('a'), done, queue('a')).queue).toHaveLength(0)
  })

  test('a reject input behind an open turn or a queue is rejected, otherwise queued', () => {
    expect(after(queue('a', 'reject')).queue).toHaveLength(1)
    const state = after(queue('a'), ...begin('a'), queue('b', 'reject'))
    expect(state.queue).toEqual([])
    expect(state.dropped).toMatchObject([{ input: 'b', reason: 'rejected' }])
  })

  test('the first answer to an approval counts', () => {
    const state = after(
      queue('a'),
      ...begin('a'),
      ...callTools('a'),
      resolve('a.1.0', 'denied'),
      resolve('a.1.0', 'approved'),
    )
    expect(state.open?.steps[0]?.calls[0]?.status).toEqual({ type: 'denied', by: 'user' })
  })

  test('an answer to other arguments, or one that comes when the time is over, is nothing', () => {
    const asked = [queue('a'), ...begin('a'), ...callTools('a')]
    const statusOf = (state: ReturnType<typeof after>) => state.open?.steps[0]?.calls[0]?.status.type
    const other: NewSessionEvent = { ...(resolve('a.1.0', 'approved') as ApprovalResolved), hash: 'other' }
    expect(statusOf(after(...asked, other))).toBe('asked')
    expect(statusOf(after(...asked, other, resolve('a.1.0', 'approved')))).toBe('approved')
    const timed = asked.map((event) => (event.type === 'approval.requested' ? { ...event, expiresAt: 1 } : event))
    expect(statusOf(after(...timed, resolve('a.1.0', 'approved')))).toBe('asked')
    expect(headOf(undefined, stream, stored([...timed, resolve('a.1.0', 'approved')]))).toMatchObject({ wakeAt: 1 })
  })

  test('a late cancel is nothing; one that names a queued input withdraws it', () => {
    const done: NewSessionEvent = { type: 'turn.finished', turn: turnId('a'), outcome: 'completed' }
    expect(after(queue('a'), ...begin('a'), done, queue('b'), ...begin('b'), cancel('a')).open?.cancelRequested).toBe(
      false,
    )
    expect(after(queue('a'), ...begin('a'), cancel()).open?.cancelRequested).toBe(true)
    const withdrawn = after(queue('a'), queue('b'), cancel('b'))
    expect(withdrawn.queue.map((input) => input.input)).toEqual(['a'])
    expect(withdrawn.dropped).toMatchObject([{ input: 'b', reason: 'withdrawn' }])
  })

  test('a cancel that comes twice cancels once: what came after it is left alone', () => {
    const done: NewSessionEvent = { type: 'turn.finished', turn: turnId('a'), outcome: 'cancelled' }
    const again = after(queue('a'), ...begin('a'), cancel(), done, queue('b'), cancel())
    expect([again.queue.map((input) => input.input), again.dropped]).toEqual([['b'], []])
    expect(
      after(queue('a'), ...begin('a'), cancel(), done, queue('b'), ...begin('b'), cancel()).open?.cancelRequested,
    ).toBe(false)
  })

  test('an input takes effect at the step that names it', () => {
    const state = after(queue('a'), ...begin('a'), queue('b', 'steer'))
    expect(state.queue.map((input) => input.input)).toEqual(['b'])
    expect(state.open?.steps[0]?.inputs.map((input) => input.input)).toEqual(['a'])
  })
})

test('a head stays open while the next call is allowed, though a later one waits for an answer', () => {
  const call = (n: number) => ({ type: 'call', call: callId(`a.1.${n}`), name: 'shell_exec', argsText: '{}' }) as const
  const ask = (n: number): NewSessionEvent => ({
    type: 'approval.requested',
    call: callId(`a.1.${n}`),
    name: 'shell_exec',
    hash: 'h',
    safety: 'privileged',
  })
  const all = stored([
    queue('a'),
    ...begin('a'),
    { type: 'step.finished', step: stepId('a.1'), outcome: 'completed', parts: [call(0), call(1), call(2)] },
    ask(0),
    ask(2),
    resolve('a.1.0', 'approved'),
    { type: 'tool.started', call: callId('a.1.0'), name: 'shell_exec', epoch: 1 },
    { type: 'tool.finished', call: callId('a.1.0'), outcome: 'ok', parts: [] },
    { type: 'tool.started', call: callId('a.1.1'), name: 'shell_exec', epoch: 1 },
  ])
  expect(hasWork(fold(all), NOW)).toBe(true)
  expect(headOf(undefined, stream, all)?.openWork).toBe(true)
})

test('a head forgets the checkpoint of what it was copied from: other seqs hold there', () => {
  const compacted = { type: 'session.compacted', upTo: 3, state: '', step: 'a.1', pins: [], summary: '' } as never
  const forked: NewSessionEvent = { type: 'session.forked', from: sessionId('s0'), upTo: 9 }
  expect(headOf(undefined, stream, stored([queue('a'), compacted]))?.memo.checkpoint).toBe(6)
  expect(headOf(undefined, stream, stored([queue('a'), compacted, forked]))?.memo.checkpoint).toBeUndefined()
})

test('an input that must not wait counts where a cancel may have taken what it would have waited for', () => {
  const all = stored([queue('b'), cancel(), queue('a', 'reject'), { ...cancel('b'), command: commandId('d') } as never])
  expect(hasWork(fold(all), NOW)).toBe(true)
  expect(headOf(undefined, stream, all)?.openWork).toBe(true)
})

describe('laws', () => {
  test('a head never says too early that nothing is to be done, and says so when all is done', () => {
    fc.assert(
      fc.property(actionsArbitrary, (actions) => {
        const all = history(actions)
        const state = fold(all)
        const head = headOf(undefined, stream, all)
        if (hasWork(state, NOW)) expect(head?.openWork || (head?.wakeAt ?? LATER) <= NOW).toBe(true)
        if (hasWork(state, LATER)) expect(head?.openWork || (head?.wakeAt ?? LATER + 1) <= LATER).toBe(true)
        const aimless = all.some((event) => event.type === 'turn.cancel_requested' && event.turn === undefined)
        if (!state.open && state.queue.length === 0 && !aimless) expect(head?.openWork ?? false).toBe(false)
        expect(head?.seq ?? 0).toBe(state.seq)
        expect(head?.title ?? '').toBe(state.title)
        expect(head?.archived).toBe(state.archived)
        if (waitingFor(state)) expect(head?.status).toBe('waiting')
      }),
      { numRuns: 2000 },
    )
  })

  test('heads and folds do not depend on how their events were cut into appends', () => {
    fc.assert(
      fc.property(eventsArbitrary(), fc.nat(60), (events, cut) => {
        const all = stored(events)
        const [first, second] = [all.slice(0, cut), all.slice(cut)]
        expect(headOf(headOf(undefined, stream, first), stream, second)).toEqual(headOf(undefined, stream, all))
        expect(fold(second, fold(first))).toEqual(fold(all))
      }),
    )
  })

  test('after a deletion nothing counts, and there is nothing to do', () => {
    const deleted: NewSessionEvent = { type: 'session.deleted', by: 'me' }
    fc.assert(
      fc.property(actionsArbitrary, eventsArbitrary(), (actions, later) => {
        const before = [...history(actions), ...stored([deleted], 1000)]
        const after = stored(later, 2000)
        const [state, head] = [fold(before), headOf(undefined, stream, before)]
        expect(hasWork(state, LATER)).toBe(false)
        expect(head).toMatchObject({ deleted: true, openWork: false, status: 'idle' })
        expect(head?.wakeAt).toBeUndefined()
        const seq = after.at(-1)?.seq ?? state.seq
        expect(fold(after, state)).toEqual({ ...state, seq })
        expect(headOf(head, stream, after)).toMatchObject({ ...head, seq, updatedAt: expect.any(Number) })
      }),
    )
  })

  test('a fork has no open turn and no queue', () => {
    fc.assert(
      fc.property(eventsArbitrary(), (events) => {
        const state = fold(stored(events))
        const closed = fold(stored(closeFork(state, sessionId('s1'), state.seq), state.seq), state)
        expect([closed.open, closed.queue, closed.archived]).toEqual([undefined, [], undefined])
      }),
      { numRuns: 1000 },
    )
  })
})

describe('lifting', () => {
  const event = { type: 'turn.started', turn: 'a', seq: 1, at: 1, v: 1 }

  test('an unknown type, or a version from the future, is unknown and remembered by the fold', () => {
    const [strange, future] = [lift({ ...event, type: 'turn.teleported' }), lift({ ...event, v: 2 })]
    expect([isUnknown(strange), isUnknown(future)]).toEqual([true, true])
    expect(fold([strange]).unknown).toEqual(['turn.teleported'])
  })

  test('old versions are lifted one by one; a missing upcaster makes them unknown', () => {
    const upcasters = {
      'turn.started@1': (old: object) => ({ ...old, type: 'turn.started', two: true }),
      'turn.started@2': (old: object) => ({ ...old, type: 'turn.started', three: true }),
    }
    expect(lift(event, upcasters, () => 3)).toMatchObject({ turn: 'a', two: true, three: true, seq: 1, v: 3 })
    expect(isUnknown(lift(event, {}, () => 2))).toBe(true)
  })
})
