import type { Head, StoredEvent, StreamName } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRecent } from '../dist/recent.js'
import type { Span, Weighed } from '../dist/store.js'
import { stream } from './stage.js'

const A = stream('ann/one')
const B = stream('ann/two')

type Action =
  | { readonly do: 'commit'; readonly to: StreamName; readonly sizes: readonly number[] }
  | { readonly do: 'fork'; readonly to: StreamName }
  | { readonly do: 'delete'; readonly to: StreamName }
  | { readonly do: 'look'; readonly to: StreamName; readonly back: number; readonly late: boolean }
  | {
      readonly do: 'read'
      readonly to: StreamName
      readonly back: number
      readonly limit: number
      readonly newestFirst: boolean
    }

const to = fc.constantFrom(A, B)
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      to,
      sizes: fc.array(fc.oneof(fc.nat({ max: 400 }), fc.constant(40_000)), { minLength: 1, maxLength: 60 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fork' as const), to }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), to }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('look' as const), to, back: fc.nat({ max: 3 }), late: fc.boolean() }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      to,
      back: fc.nat({ max: 200 }),
      limit: fc.integer({ min: 1, max: 150 }),
      newestFirst: fc.boolean(),
    }),
  },
)

const toEnd = (name: StreamName, after: number): Span => ({
  stream: name,
  after,
  before: Number.MAX_SAFE_INTEGER,
  limit: 1000,
  maxBytes: 4 * 1024 * 1024,
  newestFirst: false,
})
const headAt = (name: StreamName, seq: number, deleted = false) =>
  ({ stream: name, seq, ...(deleted && { deleted }) }) as Head
const eventAt = (seq: number): StoredEvent => ({ type: 'notice.posted', seq, at: 1, v: 1 })

describe('what was written last', () => {
  test('is read as the store has it, or not at all', () => {
    let hits = 0
    const law = (actions: readonly Action[]) => {
      const recent = createRecent()
      const stored = new Map<StreamName, readonly Weighed[]>([
        [A, []],
        [B, []],
      ])
      const of = (name: StreamName) => stored.get(name) ?? []
      let seq = 0
      for (const step of actions) {
        const all = of(step.to)
        const after = Math.max(0, seq - ('back' in step ? step.back : 0))
        if (step.do === 'commit') {
          const events = step.sizes.map((bytes) => ({ event: eventAt(++seq), bytes }))
          stored.set(step.to, [...all, ...events])
          recent.committed({ stream: step.to, head: headAt(step.to, seq), events })
        } else if (step.do === 'fork') {
          stored.set(step.to, [...all, { event: eventAt(++seq), bytes: 1 }])
          recent.committed({ stream: step.to, head: headAt(step.to, seq) })
        } else if (step.do === 'delete') {
          const events = [{ event: eventAt(++seq), bytes: 1 }]
          stored.set(step.to, events)
          recent.committed({ stream: step.to, head: headAt(step.to, seq, true), events })
        } else if (step.do === 'look') {
          const { commits } = recent
          const empty = all.every(({ event }) => event.seq <= after)
          // A fork, after which nothing is known of the stream.
          if (step.late) {
            stored.set(step.to, [...all, { event: eventAt(++seq), bytes: 1 }])
            recent.committed({ stream: step.to, head: headAt(step.to, seq) })
          }
          if (empty) recent.lookedFor(step.to, after, commits)
        } else {
          const span = { ...toEnd(step.to, after), limit: step.limit, newestFirst: step.newestFirst }
          const page = recent.read(span)
          const within = all.flatMap(({ event }) => (event.seq > after ? [event] : []))
          const directed = step.newestFirst ? within.toReversed() : within
          if (page) expect(page).toEqual({ events: directed.slice(0, step.limit), end: directed.length <= step.limit })
          if (page) hits += 1
          expect(recent.head(step.to)?.seq ?? all.at(-1)?.event.seq).toBe(all.at(-1)?.event.seq)
        }
      }
    }
    fc.assert(fc.property(fc.array(action, { minLength: 15, maxLength: 40 }), law), { numRuns: 500 })
    expect(hits).toBeGreaterThan(100)
  })

  test('is kept of few streams and of few bytes: the oldest go', () => {
    const recent = createRecent()
    const known = (names: readonly StreamName[]) => names.filter((name) => recent.head(name)).length
    const commit = (name: StreamName, seq: number, bytes: number) =>
      recent.committed({ stream: name, head: headAt(name, seq), events: [{ event: eventAt(seq), bytes }] })
    const small = Array.from({ length: 1000 }, (_, n) => stream(`ann/small${n}`))
    for (const [n, name] of small.entries()) commit(name, n + 1, 100)
    expect(known(small)).toBe(512)
    expect(recent.head(small.at(-1) as StreamName)).toBeDefined()
    const large = Array.from({ length: 200 }, (_, n) => stream(`ann/large${n}`))
    for (const [n, name] of large.entries()) commit(name, 2000 + n, 64 * 1024)
    expect(known(large)).toBe(64)
    expect(known(small)).toBe(0)
  })

  test('of one stream is as much as fits: what is further back is not known', () => {
    const recent = createRecent()
    for (let seq = 1; seq <= 500; seq++)
      recent.committed({ stream: A, head: headAt(A, seq), events: [{ event: eventAt(seq), bytes: 1024 }] })
    expect(recent.read(toEnd(A, 500 - 64))?.events).toHaveLength(64)
    expect(recent.read(toEnd(A, 500 - 65))).toBeUndefined()
  })
})
