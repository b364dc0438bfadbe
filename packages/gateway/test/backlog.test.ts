import { type Live, liveTransient, type TransientEvent } from '@nacre/session'
import { callId, stepId } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBacklog, join } from '../src/backlog.js'

const step = fc.constantFrom('a.1', 'b.1').map(stepId)
const words = fc.string({ maxLength: 5, unit: fc.constantFrom('x', '\ud83d', '\udc1a', 'é') })
const offset = fc.integer({ min: 0, max: 8 })
const transient: fc.Arbitrary<TransientEvent> = fc.oneof(
  fc.record({ type: fc.constantFrom('text.delta' as const, 'reasoning.delta' as const), step, offset, text: words }),
  fc.record({
    type: fc.constant('args.delta' as const),
    step,
    index: fc.integer({ min: 0, max: 1 }),
    name: fc.constant('f'),
    offset,
    text: words,
  }),
  fc.record({
    type: fc.constant('step.snapshot' as const),
    step,
    text: words,
    reasoning: words,
    args: fc.constant([]),
  }),
  fc.record({
    type: fc.constant('tool.progress' as const),
    call: fc.constantFrom('c', 'd').map(callId),
    stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    text: words,
  }),
)
const OPEN: Live = ['a.1', 'b.1'].map((id) => ({ step: stepId(id), text: '', reasoning: '', args: [] }))

describe('deltas that wait', () => {
  it('mean joined what they mean one by one', () => {
    fc.assert(
      fc.property(fc.array(transient, { maxLength: 40 }), (events) => {
        const backlog = createBacklog(1_000_000)
        for (const event of events) backlog.add(event)
        const taken: TransientEvent[] = []
        for (let event = backlog.take(); event; event = backlog.take()) taken.push(event as TransientEvent)
        expect(taken.length).toBeLessThanOrEqual(events.length)
        expect(taken.reduce(liveTransient, OPEN)).toEqual(events.reduce(liveTransient, OPEN))
        for (const name of ['cstdout', 'cstderr', 'dstdout', 'dstderr']) {
          const of = (list: readonly TransientEvent[]) =>
            list
              .flatMap((event) =>
                event.type === 'tool.progress' && `${event.call}${event.stream}` === name ? [event.text] : [],
              )
              .join('')
          expect(of(taken)).toBe(of(events))
        }
      }),
    )
  })

  it('are joined only where the second goes on exactly where the first ends', () => {
    const delta = (at: number, text: string) => ({ type: 'text.delta', step: stepId('a.1'), offset: at, text }) as const
    const other: TransientEvent = { ...delta(2, 'c'), step: stepId('b.1') }
    expect(join(delta(0, 'ab'), delta(2, 'c'))).toEqual(delta(0, 'abc'))
    expect(join(delta(0, 'ab'), delta(1, 'c'))).toBeUndefined()
    expect(join(delta(0, 'ab'), delta(3, 'c'))).toBeUndefined()
    expect(join(delta(0, 'ab'), other)).toBeUndefined()
    expect(join(delta(0, 'ab'), { ...delta(2, 'c'), type: 'reasoning.delta' })).toBeUndefined()
    expect(join(delta(0, 'ab'), { type: 'unheard.of' })).toBeUndefined()
  })

  it('are at most so many: then all of them are lost, and that is known', () => {
    const backlog = createBacklog(1000)
    for (let index = 0; index < 100; index++) backlog.add({ type: 'unheard.of' })
    expect(backlog.lost).toBe(true)
    expect(backlog.take()).toBeUndefined()
  })
})
