import { isDeepStrictEqual } from 'node:util'
import type { Seq } from '@nacre/types'
import { describe, expect, test } from 'vitest'
import { INBOX_LIMIT } from '../inbox.js'
import {
  clock,
  collect,
  delta,
  gate,
  type MakeLog,
  notice,
  notices,
  readAll,
  seqs,
  stepFinished,
  stepStarted,
  stream,
  turnOfLoop,
  until,
} from './stage.js'

const A = stream('ann/one')
const B = stream('ann/two')

export function follows(make: MakeLog): void {
  describe('follow', () => {
    test('history, then `live` once, then what comes; other streams are not heard', async () => {
      await using log = await make(clock())
      await log.append(A, notices(3))
      const follower = collect(log, A)
      await until(() => follower.items.length === 4, 'history is told')
      await log.append(B, notices(1))
      await log.append(A, notices(2))
      log.publish(B, { type: 'x' })
      log.publish(A, { type: 'y' })
      await until(() => follower.items.length === 7, 'the live part is told')
      expect(follower.kinds()).toEqual(['stored', 'stored', 'stored', 'live', 'stored', 'stored', 'transient'])
      expect(follower.stored()).toEqual(await readAll(log, A))
      await follower.stop()
    })

    test('begins behind its cursor', async () => {
      await using log = await make(clock())
      const appended = await log.append(A, notices(5))
      const [, second = 0] = appended.type === 'appended' ? seqs(appended.events) : []
      const follower = collect(log, A, second)
      await until(() => follower.kinds().includes('live'), 'it is live')
      expect(follower.stored()).toEqual((await readAll(log, A)).slice(2))
      await follower.stop()
    })

    test('more history than a page is told in order, with nothing twice', async () => {
      await using log = await make(clock())
      for (let n = 0; n < 20; n++) await log.append(A, notices(64))
      const follower = collect(log, A)
      await until(() => follower.kinds().includes('live'), 'it is live')
      expect(seqs(follower.stored())).toEqual(seqs(await readAll(log, A)))
      await follower.stop()
    })

    test('an event that is stored at any moment of a follower joining is told once', async () => {
      await using log = await make(clock())
      for (let moments = 0; moments < 60; moments++) {
        const name = stream(`join/${moments}`)
        await log.append(name, notices(1))
        const follower = collect(log, name)
        for (let n = 0; n < moments; n++) await Promise.resolve()
        await log.append(name, [notice('in between')])
        await until(() => follower.stored().length >= 2 && follower.kinds().includes('live'), `${moments}: it is told`)
        expect(seqs(follower.stored())).toEqual(seqs(await readAll(log, name)))
        await follower.stop()
      }
    })

    test('who comes in mid-step gets what was said as one snapshot, then the deltas behind it', async () => {
      await using log = await make(clock())
      await log.append(A, [stepStarted('s1'), stepStarted('s2')])
      log.publish(A, delta('s1', 0, 'once upon '))
      log.publish(A, delta('s1', 10, 'a time'))
      log.publish(A, delta('s2', 0, 'over'))
      await log.append(A, [stepFinished('s2')])
      const follower = collect(log, A)
      await until(() => follower.transients().length === 1, 'the snapshot is told')
      log.publish(A, delta('s1', 16, ' there was'))
      await until(() => follower.transients().length === 2, 'the delta is told')
      expect(follower.kinds()).toEqual(['stored', 'stored', 'stored', 'live', 'transient', 'transient'])
      expect(follower.transients()).toEqual([
        { type: 'step.snapshot', step: 's1', text: 'once upon a time', reasoning: '', args: [] },
        delta('s1', 16, ' there was'),
      ])
      await follower.stop()
    })

    test('what a step says is joined up to a bound, so that no talker fills the memory', async () => {
      await using log = await make(clock())
      await log.append(A, [stepStarted('s1')])
      const piece = 'x'.repeat(64 * 1024)
      for (let n = 0; n < 20; n++) log.publish(A, delta('s1', n * piece.length, piece))
      const follower = collect(log, A)
      await until(() => follower.transients().length === 1, 'the snapshot is told')
      expect(follower.transients()).toMatchObject([{ type: 'step.snapshot', text: piece.repeat(16) }])
      await follower.stop()
    })

    test('a slow follower skips deltas, never an event, and its memory is bounded', async () => {
      await using log = await make(clock())
      const { opened, open } = gate()
      await log.append(A, [stepStarted('s1')])
      const follower = collect(log, A, 0, (taken) => (taken === 3 ? opened : undefined))
      await until(() => follower.items.length === 3, 'it is live and has stopped reading')
      const words = Array.from({ length: 2_000 }, (_, n) => `word${n} `)
      let said = ''
      for (const word of words) {
        log.publish(A, delta('s1', said.length, word))
        said += word
        if (said.length % 50 === 0) await log.append(A, notices(2))
      }
      await log.append(A, [notice('last')])
      open()
      const whole = { type: 'step.snapshot', step: 's1', text: said, reasoning: '', args: [] }
      await until(() => isDeepStrictEqual(follower.transients().at(-1), whole), 'it has caught up')
      expect(seqs(follower.stored())).toEqual(seqs(await readAll(log, A)))
      expect(follower.transients().length).toBeLessThanOrEqual(INBOX_LIMIT.items + 2)
      expect(follower.kinds().filter((kind) => kind === 'live')).toHaveLength(1)
      await follower.stop()
    })

    test('few but large items overflow a follower too', async () => {
      await using log = await make(clock())
      const { opened, open } = gate()
      const follower = collect(log, A, 0, () => opened)
      await until(() => follower.items.length === 1, 'it has stopped reading')
      for (let n = 0; n < 6; n++) await log.append(A, [notice(`${n}`.padEnd(200 * 1024, '.'))])
      log.publish(A, { type: 'lost' })
      open()
      await until(() => follower.stored().length === 6, 'it has caught up')
      expect(seqs(follower.stored())).toEqual(seqs(await readAll(log, A)))
      expect(follower.transients()).toEqual([])
      await follower.stop()
    })

    test('the signal ends it: while it waits, while history is read, before it has begun', async () => {
      await using log = await make(clock())
      await log.append(A, notices(10))
      const waiting = collect(log, A)
      await until(() => waiting.kinds().includes('live'), 'it waits')
      await waiting.stop()
      const reading = collect(log, A)
      await reading.stop()
      const early = collect(log, A, 0)
      await early.stop()
      const before = waiting.items.length
      await log.append(A, notices(1))
      await turnOfLoop()
      expect([waiting.items.length, early.items.length]).toEqual([before, 0])
    })

    test('after the signal nothing more is told, not even what is queued', async () => {
      await using log = await make(clock())
      const controller = new AbortController()
      const told: string[] = []
      for await (const item of log.follow(A, { after: 0, signal: controller.signal })) {
        told.push(item.kind)
        await log.append(A, notices(3))
        controller.abort()
      }
      expect(told).toEqual(['live'])
    })

    test('a consumer that leaves ends it, also with a read pending', async () => {
      await using log = await make(clock())
      const { signal } = new AbortController()
      for await (const item of log.follow(A, { after: 0, signal })) {
        expect(item.kind).toBe('live')
        break
      }
      const items = log.follow(A, { after: 0, signal })[Symbol.asyncIterator]()
      await items.next()
      const pending = items.next()
      expect(await items.return?.()).toMatchObject({ done: true })
      expect(await pending).toMatchObject({ done: true })
    })

    test('a fork is told to who follows its target', async () => {
      await using log = await make(clock())
      const appended = await log.append(A, notices(3))
      const upTo: Seq = appended.type === 'appended' ? (appended.events.at(-1)?.seq ?? 0) : 0
      const follower = collect(log, B)
      await until(() => follower.kinds().includes('live'), 'it is live')
      await log.fork(A, upTo, B)
      await log.append(B, [notice('more')])
      await until(() => follower.stored().length === 5, 'the copy is told')
      expect(follower.stored()).toEqual(await readAll(log, B))
      expect(follower.kinds().filter((kind) => kind === 'live')).toHaveLength(1)
      await follower.stop()
    })

    test('closing the log ends followers, feeds and every later call with Fault closed', async () => {
      const log = await make(clock())
      const closed = { code: 'closed' }
      const follower = collect(log, A)
      await until(() => follower.kinds().includes('live'), 'it is live')
      const { signal } = new AbortController()
      const feed = log.feed('', { from: 0, signal })[Symbol.asyncIterator]()
      const next = feed.next()
      const late = log.append(A, [notice('in time')])
      await Promise.all([
        log.close(),
        log.close(),
        expect(next).rejects.toMatchObject(closed),
        expect(follower.done).rejects.toMatchObject(closed),
      ])
      expect(await late).toMatchObject({ type: 'appended' })
      await expect(log.append(A, notices(1))).rejects.toMatchObject(closed)
      await expect(log.blobs.put(new Uint8Array(1))).rejects.toMatchObject(closed)
      await expect(collect(log, A).done).rejects.toMatchObject(closed)
      await expect(log.feed('', { from: 0, signal })[Symbol.asyncIterator]().next()).rejects.toMatchObject(closed)
      log.publish(A, { type: 'nobody hears it' })
    })

    test('closing the log in the middle of a history ends its reader with Fault closed', async () => {
      const log = await make(clock())
      for (let n = 0; n < 10; n++) await log.append(A, notices(64))
      const { opened, open } = gate()
      const follower = collect(log, A, 0, (taken) => (taken === 100 ? opened : undefined))
      await until(() => follower.items.length === 100, 'it has stopped reading')
      await log.close()
      open()
      await expect(follower.done).rejects.toMatchObject({ code: 'closed' })
    })
  })
}
