import { PAGE_LIMIT } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clock, type MakeLog, notice, notices, readAll, seqs, stream } from './stage.js'

const A = stream('ann/one')
const B = stream('ann/two')

export function reads(make: MakeLog): void {
  describe('read', () => {
    test('any range is what the whole says it is, in both directions', async () => {
      await using log = await make(clock())
      for (let n = 0; n < 15; n++) {
        await log.append(A, notices(4, `${n}.`))
        await log.append(B, notices(2, `${n}.`))
      }
      const all = await readAll(log, A)
      const point = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined })
      await fc.assert(
        fc.asyncProperty(
          point,
          point,
          fc.integer({ min: 1, max: 70 }),
          fc.boolean(),
          async (after, before, limit, newestFirst) => {
            const range = {
              ...(after !== undefined && { after }),
              ...(before !== undefined && { before }),
              limit,
              newestFirst,
            }
            const within = all.filter(({ seq }) => seq > (after ?? 0) && seq < (before ?? Infinity))
            const directed = newestFirst ? within.toReversed() : within
            expect(await log.read(A, range)).toEqual({
              events: directed.slice(0, limit),
              end: directed.length <= limit,
            })
          },
        ),
        { numRuns: 200 },
      )
    })

    test('a stream that nobody wrote is an empty one', async () => {
      await using log = await make(clock())
      expect(await log.read(A)).toEqual({ events: [], end: true })
    })

    test('a stream is told by its whole name', async () => {
      await using log = await make(clock())
      await log.append(stream('ann/onetwo'), notices(1))
      await log.append(stream('ann/ONE'), notices(1))
      expect(await readAll(log, A)).toEqual([])
    })

    test('a page ends before 4 MiB, says so, and the next goes on', async () => {
      await using log = await make(clock())
      for (let n = 0; n < 20; n++) await log.append(A, [notice(`${n}`.padEnd(250 * 1024, '.'))])
      for (const newestFirst of [false, true]) {
        const page = await log.read(A, { newestFirst })
        expect(page.end).toBe(false)
        expect(page.events).toHaveLength(16)
      }
      expect(await readAll(log, A)).toHaveLength(20)
    })

    test('a page has its limit at most', async () => {
      await using log = await make(clock())
      for (let n = 0; n < 16; n++) await log.append(A, notices(64))
      const page = await log.read(A)
      expect([page.events.length, page.end]).toEqual([PAGE_LIMIT, false])
      expect(seqs(await readAll(log, A))).toHaveLength(1024)
      await expect(log.read(A, { limit: PAGE_LIMIT + 1 })).rejects.toMatchObject({ code: 'limit_exceeded' })
      for (const limit of [0, -1, 1.5, Number.NaN]) {
        await expect(log.read(A, { limit })).rejects.toMatchObject({ code: 'invalid_input' })
      }
      await expect(log.read(A, { after: -1 })).rejects.toMatchObject({ code: 'invalid_input' })
      await expect(log.read(A, { before: Number.NaN })).rejects.toMatchObject({ code: 'invalid_input' })
    })
  })
}
