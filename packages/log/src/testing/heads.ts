import type { NewEvent } from '@nacre/types'
import { describe, expect, test } from 'vitest'
import {
  clock,
  collect,
  type MakeLog,
  notice,
  notices,
  readAll,
  seqs,
  stepStarted,
  stream,
  turnOfLoop,
  until,
} from './stage.js'

const queued = (input: string) => ({
  type: 'turn.queued',
  input,
  parts: [{ type: 'text', text: `ask ${input}` }],
  mode: 'queue',
  by: 'me',
})

export function heads(make: MakeLog): void {
  describe('heads and feed', () => {
    test('heads of a prefix, most recently written first', async () => {
      const { now, time } = clock(1_000)
      await using log = await make({ now })
      await log.append(stream('ann/1'), [queued('i1')])
      await log.append(stream('ann/2'), notices(1))
      await log.append(stream('bob/1'), notices(1))
      time.now = 2_000
      await log.append(stream('ann/1'), notices(1))
      expect((await log.heads('ann/')).map(({ stream }) => stream)).toEqual(['ann/1', 'ann/2'])
      expect((await log.heads('')).map(({ stream }) => stream)).toEqual(['ann/1', 'bob/1', 'ann/2'])
      expect((await log.heads('ann/1'))[0]).toMatchObject({
        title: 'ask i1',
        status: 'queued',
        openWork: true,
        createdAt: 1_000,
        updatedAt: 2_000,
      })
      expect(await log.heads('carl/')).toEqual([])
    })

    test('the first heads of a prefix are no more than were asked for', async () => {
      await using log = await make(clock())
      for (const name of ['ann/1', 'ann/2', 'bob/1', 'ann/3', 'ann/1']) await log.append(stream(name), notices(1))
      const names = async (limit: number) => (await log.heads('ann/', { limit })).map(({ stream }) => stream)
      expect(await names(2)).toEqual(['ann/1', 'ann/3'])
      expect(await names(9)).toEqual(['ann/1', 'ann/3', 'ann/2'])
      for (const limit of [0, -1, 1.5]) await expect(names(limit)).rejects.toMatchObject({ code: 'invalid_input' })
    })

    test('heads of one title are those that have exactly this one', async () => {
      await using log = await make(clock())
      const created = (title: string) => ({ type: 'session.created', title, agent: 'default' })
      const titles = {
        'ann/1': 'plan',
        'ann/2': 'Plan',
        'ann/3': `it's "a" \n%🐚`,
        'ann/4': 'plan',
        'bob/1': 'plan',
        'ann/5': '',
      }
      for (const [name, title] of Object.entries(titles)) await log.append(stream(name), [created(title)])
      const names = async (title: string, limit?: number) =>
        (await log.heads('ann/', { title, ...(limit !== undefined && { limit }) })).map(({ stream }) => stream)
      expect(await names('plan')).toEqual(['ann/4', 'ann/1'])
      expect(await names('plan', 1)).toEqual(['ann/4'])
      expect(await names(titles['ann/3'])).toEqual(['ann/3'])
      for (const title of ['pla', 'plan%', 'plan\0', '\ud800', 'nobody has it'])
        expect([title, await names(title)]).toEqual([title, []])
      await log.append(stream('ann/1'), [created('done')])
      expect([await names('plan'), await names('done')]).toEqual([['ann/4'], ['ann/1']])
    })

    test('one head by the whole name of its stream, and no other', async () => {
      await using log = await make(clock())
      for (const name of ['ann/1', 'ann/12', 'ann/%']) await log.append(stream(name), notices(1))
      expect(await log.head(stream('ann/1'))).toEqual((await log.heads('ann/1')).at(-1))
      expect(await log.head(stream('ann/%'))).toMatchObject({ stream: 'ann/%' })
      for (const name of ['ann/', 'ann/123', 'ann/_', 'Ann/1']) expect(await log.head(stream(name))).toBeUndefined()
      await expect(log.head(stream('a\u0000'))).rejects.toMatchObject({ code: 'invalid_input' })
    })

    test('streams of a prefix are counted', async () => {
      await using log = await make(clock())
      expect(await log.count('')).toBe(0)
      for (const name of ['a%/1', 'a%/2', 'ab/1', 'b/1']) await log.append(stream(name), notices(2))
      expect(await Promise.all(['', 'a', 'a%', 'a%/', 'c'].map((prefix) => log.count(prefix)))).toEqual([4, 3, 2, 2, 0])
      await expect(log.count('a\u0000')).rejects.toMatchObject({ code: 'invalid_input' })
    })

    test('signs that mean something to a database are plain letters in a prefix', async () => {
      await using log = await make(clock())
      for (const name of ['a%/x', 'a_/x', 'ab/x', 'Ab/x', 'a*/x', '🐚/x']) await log.append(stream(name), notices(1))
      for (const prefix of ['a%', 'a_', 'ab', 'a*', '🐚']) {
        expect((await log.heads(prefix)).map(({ stream }) => stream)).toEqual([`${prefix}/x`])
      }
    })

    test('a feed of open work begins with the heads that have some or will, and then tells each that changes', async () => {
      await using log = await make(clock())
      for (const name of ['ann/1', 'ann/2', 'ann/3', 'bob/1']) await log.append(stream(name), notices(1))
      for (const name of ['ann/2', 'bob/1']) await log.append(stream(name), [queued('i1')])
      const asked = { type: 'approval.requested', turn: 'i2', call: 'i2.1.0', expiresAt: 9_000 }
      await log.append(stream('ann/4'), [queued('i2'), { type: 'turn.started', turn: 'i2' } as NewEvent, asked])
      const { signal } = new AbortController()
      const feed = log.feed('ann/', { from: 0, signal, openWork: true })[Symbol.asyncIterator]()
      expect((await feed.next()).value).toMatchObject({ stream: 'ann/2', openWork: true })
      expect((await feed.next()).value).toMatchObject({ stream: 'ann/4', openWork: false, wakeAt: 9_000 })
      const next = feed.next()
      await log.append(stream('ann/3'), notices(1))
      expect((await next).value).toMatchObject({ stream: 'ann/3', openWork: false })
      await feed.return?.()
    })

    test('a feed that nobody reads keeps one head per stream', async () => {
      await using log = await make(clock())
      const { signal } = new AbortController()
      const feed = log.feed('ann/', { from: 0, signal })[Symbol.asyncIterator]()
      const first = feed.next()
      await log.append(stream('ann/0'), notices(1))
      await first
      for (let n = 0; n < 50; n++) await log.append(stream(`ann/${n % 2}`), notices(1))
      const told = [(await feed.next()).value, (await feed.next()).value]
      expect(told).toEqual((await log.heads('ann/')).toReversed())
      const pending = feed.next()
      await feed.return?.()
      expect((await pending).done).toBe(true)
    })

    test('a feed ends with its signal', async () => {
      await using log = await make(clock())
      const controller = new AbortController()
      const run = async () => {
        const told: string[] = []
        for await (const head of log.feed('', { from: 0, signal: controller.signal })) told.push(head.stream)
        return told
      }
      const running = run()
      await log.append(stream('ann/1'), notices(1))
      await turnOfLoop()
      await turnOfLoop()
      controller.abort()
      await running
      controller.abort()
      expect(await run()).toEqual([])
    })
  })

  describe('fork', () => {
    const [from, to] = [stream('ann/old'), stream('ann/new')]

    test('copies up to and including the point, closes what is open there, and leaves its source alone', async () => {
      const { now, time } = clock(1_000)
      await using log = await make({ now })
      await log.append(from, [queued('i1'), queued('i2'), { type: 'turn.started', turn: 'i1' } as never])
      await log.append(from, [{ ...stepStarted('i1.1'), turn: 'i1', inputs: ['i1'] } as never, notice('beyond')])
      const source = await readAll(log, from)
      const upTo = source[3]?.seq ?? 0
      time.now = 9_000
      const forked = await log.fork(from, upTo, to)
      const copy = await readAll(log, to)
      expect(copy.map(({ type }) => type)).toEqual([
        ...source.slice(0, 4).map(({ type }) => type),
        'session.forked',
        'step.finished',
        'turn.finished',
        'turn.cancel_requested',
      ])
      expect(copy.map(({ at }) => at)).toEqual([1_000, 1_000, 1_000, 1_000, 9_000, 9_000, 9_000, 9_000])
      expect(copy[4]).toMatchObject({ from: 'old', upTo })
      expect(forked).toEqual({ type: 'appended', events: copy.slice(4) })
      expect(await readAll(log, from)).toEqual(source)
      expect((await log.heads(to))[0]).toMatchObject({ title: 'ask i1', status: 'idle', openWork: false })
      expect(await log.verifyHeads()).toEqual([])
    })

    test('a long session is copied whole', async () => {
      await using log = await make(clock())
      for (let n = 0; n < 20; n++) await log.append(from, notices(64, `${n}.`))
      const source = await readAll(log, from)
      await log.fork(from, source.at(-1)?.seq ?? 0, to)
      const texts = (events: readonly object[]) => events.map((event) => 'text' in event && event.text)
      expect(texts(await readAll(log, to)).slice(0, -1)).toEqual(texts(source))
    })

    test('a target that is not empty is a conflict; a source or point that is not there is refused', async () => {
      await using log = await make(clock())
      await expect(log.fork(from, 1, to)).rejects.toMatchObject({ code: 'not_found' })
      await log.append(stream('ann/other'), notices(3))
      await log.append(from, notices(2))
      const [first, last = 0] = seqs(await readAll(log, from))
      // In a log of many sessions a session's first event has not the seq 1.
      await expect(log.fork(from, (first ?? 0) - 1, to)).rejects.toMatchObject({ code: 'invalid_input' })
      expect(await readAll(log, to)).toEqual([])
      await expect(log.fork(from, last + 1, to)).rejects.toMatchObject({ code: 'invalid_input' })
      await expect(log.fork(from, 0, to)).rejects.toMatchObject({ code: 'invalid_input' })
      await log.append(to, notices(1))
      const head = (await readAll(log, to))[0]?.seq
      expect(await log.fork(from, last, to)).toEqual({ type: 'conflict', head })
      expect(await log.fork(from, last, from)).toEqual({ type: 'conflict', head: last })
      expect(await readAll(log, to)).toHaveLength(1)
    })

    test('a fork begins its target for whoever appends to it, also where the target was asked for before', async () => {
      await using log = await make(clock())
      await log.append(from, notices(2))
      await log.append(to, [])
      await log.fork(from, (await log.head(from))?.seq ?? 0, to)
      const head = (await log.head(to))?.seq
      expect(await log.append(to, notices(1), { expectedSeq: 0 })).toEqual({ type: 'conflict', head })
      await log.append(to, notices(1))
      expect(await readAll(log, to)).toHaveLength(4)
      expect(await log.verifyHeads()).toEqual([])
    })

    test('a fork reaches the feed', async () => {
      await using log = await make(clock())
      await log.append(from, notices(1))
      const follower = collect(log, to)
      const { signal } = new AbortController()
      const feed = log.feed(to, { from: 0, signal })[Symbol.asyncIterator]()
      const next = feed.next()
      await log.fork(from, 1, to)
      expect((await next).value).toMatchObject({ stream: to })
      await until(() => follower.stored().length === 2, 'it is told')
      await feed.return?.()
      await follower.stop()
    })
  })
}
