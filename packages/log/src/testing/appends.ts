import { APPEND_LIMIT, type NewEvent } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clock, type MakeLog, notice, notices, readAll, seqs, stream } from './stage.js'

const A = stream('ann/one')
const B = stream('ann/two')

export function appends(make: MakeLog): void {
  describe('append', () => {
    test('one order over all streams, each event with its time and version', async () => {
      const { now, time } = clock(5_000)
      await using log = await make({ now })
      await log.append(A, notices(2))
      time.now = 6_000
      await log.append(B, notices(1))
      await log.append(A, notices(1))
      const [a, b] = [await readAll(log, A), await readAll(log, B)]
      const order = seqs([...a.slice(0, 2), ...b, ...a.slice(2)])
      expect(order).toEqual(order.toSorted((x, y) => x - y))
      expect(new Set(order).size).toBe(4)
      expect(a.map(({ at, v }) => [at, v])).toEqual([
        [5_000, 1],
        [5_000, 1],
        [6_000, 1],
      ])
    })

    test('time never runs backwards along a stream, whatever the clock does', async () => {
      const { now, time } = clock(5_000)
      await using log = await make({ now })
      await log.append(A, notices(1))
      time.now = 4_000
      await log.append(A, notices(1))
      await log.append(B, notices(1))
      expect((await readAll(log, A)).map(({ at }) => at)).toEqual([5_000, 5_000])
      expect((await readAll(log, B)).map(({ at }) => at)).toEqual([4_000])
    })

    test('the answer holds what a reader gets', async () => {
      await using log = await make(clock())
      const appended = await log.append(A, notices(3))
      expect(appended).toEqual({ type: 'appended', events: await readAll(log, A) })
    })

    test('any text comes back as it was, and nothing is shared with the caller', async () => {
      await using log = await make(clock())
      const text = 'nul \0 lone \ud800 pair 🐚 separators \u2028\u2029 quote " back \\ tick \'; DROP TABLE events'
      const event = { type: 'notice.posted', level: 'info', text, deep: { list: [1, null, 'x\0y'] } }
      await log.append(A, [event])
      event.deep.list.push('changed later')
      const [stored] = await readAll(log, A)
      expect(stored).toMatchObject({ text, deep: { list: [1, null, 'x\0y'] } })
    })

    test('what any event of JSON is, it is when read', async () => {
      await using log = await make(clock())
      await fc.assert(
        fc.asyncProperty(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), async (fields) => {
          const { seq: _seq, at: _at, v: _v, type: _type, ...rest } = JSON.parse(JSON.stringify(fields))
          const appended = await log.append(A, [{ ...fields, type: 'x.unknown' } as NewEvent])
          const after = appended.type === 'appended' ? (appended.events[0]?.seq ?? 0) - 1 : 0
          const { events } = await log.read(A, { after, limit: 1 })
          const { seq, at, v, type, ...read } = events[0] ?? { seq: 0, at: 0, v: 0, type: '' }
          expect(read).toEqual(rest)
        }),
        { numRuns: 50 },
      )
    })

    test('as many events and bytes as allowed; one more is refused and nothing of it stored', async () => {
      await using log = await make(clock())
      await log.append(A, notices(APPEND_LIMIT.events))
      await expect(log.append(B, notices(APPEND_LIMIT.events + 1))).rejects.toMatchObject({
        code: 'limit_exceeded',
        message: expect.stringMatching(/64 events.*65 events/),
      })
      const frame = 'notice.posted'.length + JSON.stringify({ level: 'info', text: '' }).length
      const room = APPEND_LIMIT.bytes - frame
      await log.append(A, [notice('x'.repeat(room))])
      for (const text of ['x'.repeat(room + 1), 'é'.repeat(room / 2 + 1)]) {
        await expect(log.append(B, [notice(text)])).rejects.toMatchObject({ code: 'limit_exceeded' })
      }
      expect(await readAll(log, A)).toHaveLength(APPEND_LIMIT.events + 1)
      expect(await readAll(log, B)).toEqual([])
    })

    test('expectedSeq: only behind the event that it names', async () => {
      await using log = await make(clock())
      const first = await log.append(A, notices(2), { expectedSeq: 0 })
      const head = first.type === 'appended' ? (first.events.at(-1)?.seq ?? 0) : 0
      expect(await log.append(A, notices(1), { expectedSeq: 0 })).toEqual({ type: 'conflict', head })
      expect(await log.append(A, notices(1), { expectedSeq: head + 1 })).toEqual({ type: 'conflict', head })
      expect(await log.append(A, notices(1), { expectedSeq: head })).toMatchObject({ type: 'appended' })
      expect(await log.append(B, notices(1), { expectedSeq: head })).toEqual({ type: 'conflict', head: 0 })
      expect(await readAll(log, A)).toHaveLength(3)
    })

    test('appends that arrive together are judged each on its own', async () => {
      await using log = await make(clock())
      const misshapen = { type: 'turn.queued', input: 'i' }
      const results = await Promise.allSettled([
        log.append(A, [notice('a')], { expectedSeq: 0 }),
        log.append(A, [notice('stale')], { expectedSeq: 0 }),
        log.append(A, [notice('b'), misshapen]),
        log.append(A, [notice('c')]),
        log.append(B, [notice('d')]),
      ])
      expect(results.map((result) => (result.status === 'fulfilled' ? result.value.type : result.reason.code))).toEqual(
        ['appended', 'conflict', 'invalid_input', 'appended', 'appended'],
      )
      const texts = (await readAll(log, A)).map((event) => ({ ...event }))
      expect(texts).toMatchObject([{ text: 'a' }, { text: 'c' }])
      expect(await log.verifyHeads()).toEqual([])
    })

    test('16 writers with expectedSeq each get all their events in, once and in their order', async () => {
      await using log = await make(clock())
      const write = async (writer: number) => {
        let expectedSeq = 0
        for (let count = 0; count < 10; ) {
          const result = await log.append(A, [notice(`${writer}:${count}`)], { expectedSeq })
          expectedSeq = result.type === 'conflict' ? result.head : (result.events.at(-1)?.seq ?? 0)
          if (result.type === 'appended') count++
        }
      }
      await Promise.all(Array.from({ length: 16 }, (_, writer) => write(writer)))
      const texts = (await readAll(log, A)).map((event) => ('text' in event ? String(event.text) : ''))
      const wanted = Array.from({ length: 16 }, (_, writer) => Array.from({ length: 10 }, (_, n) => `${writer}:${n}`))
      for (const own of wanted) expect(texts.filter((text) => own.includes(text))).toEqual(own)
      expect(texts).toHaveLength(160)
    })

    test('an append of nothing is judged and stores nothing', async () => {
      await using log = await make(clock())
      expect(await log.append(A, [])).toEqual({ type: 'appended', events: [] })
      expect(await log.append(A, [], { expectedSeq: 1 })).toEqual({ type: 'conflict', head: 0 })
      expect(await log.heads('')).toEqual([])
    })

    test.each(['', 'a\0b', 'a\nb', 'lone \ud800', 'x'.repeat(257)])(
      'a name that no column may hold is refused: %j',
      async (name) => {
        await using log = await make(clock())
        const refused = { code: 'invalid_input' }
        await expect(log.append(stream(name), notices(1))).rejects.toMatchObject(refused)
        await expect(log.append(A, [{ type: name }])).rejects.toMatchObject(refused)
        await expect(log.read(stream(name))).rejects.toMatchObject(refused)
        await expect(log.fork(A, 1, stream(name))).rejects.toMatchObject(refused)
        if (name !== '') await expect(log.heads(name)).rejects.toMatchObject(refused)
        expect(await log.heads('')).toEqual([])
      },
    )

    test('a circular event is refused', async () => {
      await using log = await make(clock())
      const event: { type: string; self?: unknown } = { type: 'x' }
      event.self = event
      await expect(log.append(A, [event])).rejects.toMatchObject({ code: 'invalid_input' })
    })
  })
}
