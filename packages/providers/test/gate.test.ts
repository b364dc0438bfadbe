import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CallEnd, enter, type Gate, type GateLimits, leave, OPEN_GATE } from '../dist/routing/gate.js'
import type { Quota } from '../dist/routing/quota.js'

const quotas: fc.Arbitrary<Quota> = fc.record({
  counts: fc.constantFrom('messages', 'tokens'),
  limit: fc.integer({ min: 1, max: 20 }),
  windowMs: fc.integer({ min: 1, max: 1000 }),
  window: fc.constantFrom('sliding', 'fixed'),
})
const limitsOf = fc.record(
  { concurrent: fc.integer({ min: 1, max: 4 }), quotas: fc.array(quotas, { maxLength: 3 }) },
  { requiredKeys: [] },
)
const seen = fc.boolean()
const ends: fc.Arbitrary<CallEnd> = fc.oneof(
  fc.record({ type: fc.constant('answered' as const), tokens: fc.nat(15) }, { requiredKeys: ['type'] }),
  fc.constant({ type: 'left' as const }),
  fc.record({ type: fc.constantFrom('down' as const, 'refused' as const), seen }),
  fc.record({ type: fc.constant('limited' as const), seen, afterMs: fc.nat(100) }, { requiredKeys: ['type', 'seen'] }),
)
/** Ask, or let the n-th call that is on its way end, or let time pass. */
const moves = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('ask' as const), tokens: fc.integer({ min: 1, max: 25 }) }),
    fc.record({ do: fc.constant('end' as const), n: fc.nat(3), end: ends }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.nat(300) }),
  ),
  { maxLength: 60 },
)

type Call = { readonly id: number; readonly at: number; readonly tokens: number; amount?: number }

/** Plays moves against a gate and against plain lists of what happened. */
function play(limits: GateLimits, script: typeof moves extends fc.Arbitrary<infer T> ? T : never) {
  let [gate, now]: [Gate, number] = [OPEN_GATE, 0]
  const calls: Call[] = []
  const going: Call[] = []
  for (const move of script) {
    if (move.do === 'wait') now += move.ms
    else if (move.do === 'end') {
      const [call] = going.splice(move.n % Math.max(1, going.length), 1)
      if (call === undefined) continue
      gate = leave(gate, limits, call.id, move.end, now)
      if ('seen' in move.end && !move.end.seen) calls.splice(calls.indexOf(call), 1)
      else if (move.end.type === 'answered' && move.end.tokens !== undefined) call.amount = move.end.tokens
    } else {
      const entry = enter(gate, limits, move.tokens, now)
      if (entry.type === 'refused') {
        expect(entry.refusal.untilMs).toBeGreaterThan(now)
        continue
      }
      gate = entry.gate
      const call: Call = { id: entry.id, at: now, tokens: move.tokens }
      calls.push(call)
      going.push(call)
      expect(going.length).toBeLessThanOrEqual(limits.concurrent ?? Number.POSITIVE_INFINITY)
      for (const quota of limits.quotas ?? []) expect(usedBefore(quota, calls)).toBeLessThanOrEqual(quota.limit)
    }
  }
  return { gate, now, going }
}

/** What the last call and all in its window count; a call is let in on what was reserved then. */
function usedBefore({ counts, limit, windowMs, window }: Quota, calls: readonly Call[]): number {
  const [now, last] = [calls.at(-1)?.at ?? 0, calls.at(-1)]
  let start = Number.NEGATIVE_INFINITY
  for (const { at } of calls) if (at >= start + windowMs) start = at
  return calls
    .filter(({ at }) => (window === 'fixed' ? at >= start : at > now - windowMs))
    .map((call) => (counts === 'messages' ? 1 : call === last ? Math.min(call.tokens, limit) : amountOf(call, limit)))
    .reduce((a, b) => a + b, 0)
}
const amountOf = ({ amount, tokens }: Call, limit: number) => amount ?? Math.min(tokens, limit)

describe('a gate', () => {
  test('lets no more calls be on their way, and no more be used in any window, than its limits say', () => {
    fc.assert(
      fc.property(limitsOf, moves, (limits, script) => {
        play(limits, script)
      }),
      { numRuns: 500 },
    )
  })

  test('says to the millisecond when a quota has room again', () => {
    fc.assert(
      fc.property(quotas, moves, (quota, script) => {
        const limits = { quotas: [quota] }
        const { gate, now } = play(limits, script)
        const entry = enter(gate, limits, 7, now)
        if (entry.type === 'entered' || entry.refusal.type !== 'quota') return
        const { untilMs } = entry.refusal
        expect(enter(gate, limits, 7, untilMs).type).toBe('entered')
        expect(enter(gate, limits, 7, untilMs - 1)).toMatchObject({ refusal: { type: 'quota', untilMs } })
      }),
      { numRuns: 500 },
    )
  })

  test('gets every slot back however its calls end, and a call that ends twice ends once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), moves, ends, (concurrent, script, end) => {
        const limits = { concurrent }
        const { gate, now, going } = play(limits, script)
        let last = gate
        for (const { id } of going) {
          last = leave(last, limits, id, end, now)
          expect(leave(last, limits, id, end, now)).toBe(last)
        }
        expect(last.calls).toEqual([])
      }),
    )
  })

  test('a provider that is down five times in a row is left alone for half a minute, then tried by one call', () => {
    const down: CallEnd = { type: 'down', seen: false }
    const fail = (gate: Gate, now: number) => {
      const entry = enter(gate, {}, 1, now)
      return entry.type === 'entered' ? leave(entry.gate, {}, entry.id, down, now) : gate
    }
    let gate = OPEN_GATE
    for (let n = 0; n < 5; n++) {
      expect(enter(gate, {}, 1, n).type).toBe('entered')
      gate = fail(gate, n)
    }
    expect(enter(gate, {}, 1, 10)).toEqual({ type: 'refused', refusal: { type: 'circuit', untilMs: 30_004 } })
    const probe = enter(gate, {}, 1, 30_004)
    if (probe.type !== 'entered') throw new Error('no probe')
    expect(enter(probe.gate, {}, 1, 30_005)).toMatchObject({ refusal: { type: 'circuit', untilMs: 31_005 } })
    const closed = leave(probe.gate, {}, probe.id, { type: 'answered' }, 30_006)
    expect(closed.circuit).toEqual({ type: 'closed', failures: 0 })
    expect(leave(probe.gate, {}, probe.id, down, 30_006).circuit).toEqual({ type: 'open', untilMs: 60_006 })
    // A probe whose end nobody saw: the next call is one.
    const left = leave(probe.gate, {}, probe.id, { type: 'left' }, 30_006)
    expect(enter(left, {}, 1, 30_006)).toMatchObject({ type: 'entered', gate: { circuit: { type: 'probing' } } })
  })

  test('failures that are not in a row open nothing, and a refusal is a sign of life', () => {
    let gate = OPEN_GATE
    for (let n = 0; n < 20; n++) {
      const entry = enter(gate, {}, 1, n)
      if (entry.type !== 'entered') throw new Error('left alone')
      gate = leave(entry.gate, {}, entry.id, { type: n % 5 === 4 ? 'refused' : 'down', seen: false }, n)
    }
    expect(gate.circuit).toEqual({ type: 'closed', failures: 0 })
  })

  test('who says too much is left alone as long as it asks, else until the shortest window ends, else five seconds', () => {
    const quota = (windowMs: number): Quota => ({ counts: 'messages', limit: 9, windowMs, window: 'fixed' })
    const blocked = (limits: GateLimits, end: object) => {
      const entry = enter(OPEN_GATE, limits, 1, 100)
      if (entry.type !== 'entered') throw new Error('refused')
      return leave(entry.gate, limits, entry.id, { type: 'limited', seen: true, ...end }, 200).blockedUntil
    }
    expect(blocked({}, { afterMs: 7 })).toBe(207)
    expect(blocked({ quotas: [quota(60_000), quota(30_000)] }, {})).toBe(30_100)
    expect(blocked({}, {})).toBe(5200)
  })

  test('keeps a bounded list of what was used, late rather than early', () => {
    for (const window of ['sliding', 'fixed'] as const) {
      const limits = { quotas: [{ counts: 'tokens' as const, limit: 5000, windowMs: 100_000, window }] }
      let gate = OPEN_GATE
      for (let n = 0; n < 5000; n++) {
        const entry = enter(gate, limits, 1, n)
        if (entry.type !== 'entered') throw new Error(`refused at ${n}`)
        gate = leave(entry.gate, limits, entry.id, { type: 'answered', tokens: 1 }, n)
        expect(gate.used[0]?.length).toBeLessThanOrEqual(512)
      }
      expect(enter(gate, limits, 1, 5000).type).toBe('refused')
      expect(enter(gate, limits, 1, 99_999).type).toBe('refused')
      // Half a second into the end of a sliding window no more than half a second's uses are free.
      expect(enter(gate, limits, 600, 100_500).type).toBe(window === 'sliding' ? 'refused' : 'entered')
      expect(enter(gate, limits, 5000, 105_000).type).toBe('entered')
    }
  })
})
