import type { BlobHash, Head, NewEvent, StreamName } from '@nacre/types'
import { describe, expect, test } from 'vitest'
import { clock, collect, delta, type MakeLog, notice, notices, readAll, stepStarted, stream, until } from './stage.js'

const A = stream('ann/one')
const B = stream('ann/two')
const deleted = { type: 'session.deleted', by: 'me' }
const created = (parent?: string): NewEvent =>
  ({
    type: 'session.created',
    title: 'T',
    agent: 'default',
    ...(parent && { parent: { session: parent, call: 'c', root: parent, depth: 1 } }),
  }) as NewEvent
const naming = (hash: BlobHash): NewEvent =>
  ({
    type: 'turn.queued',
    input: hash.slice(0, 8),
    parts: [{ type: 'blob', hash, mediaType: 'text/plain', sizeBytes: 1, preview: '' }],
    mode: 'queue',
    by: 'me',
  }) as NewEvent
const gone = { code: 'not_found', message: expect.stringContaining('deleted') }

export function deletions(make: MakeLog): void {
  describe('deletion', () => {
    test('with `session.deleted` a stream has no head, is not counted, and reads as that event alone', async () => {
      await using log = await make(clock())
      for (const name of [A, B]) await log.append(name, [created(), ...notices(3)])
      await log.append(A, [deleted])
      const all = async () => ({
        head: await log.head(A),
        heads: (await log.heads('ann/')).map(({ stream }) => stream),
        titled: (await log.heads('ann/', { title: 'T' })).map(({ stream }) => stream),
        count: await log.count('ann/'),
        read: (await readAll(log, A)).map(({ type }) => type),
        newest: (await log.read(A, { newestFirst: true })).events.map(({ type }) => type),
        first: (await log.read(A, { limit: 1 })).events.map(({ type }) => type),
        verified: await log.verifyHeads(),
      })
      const wanted = {
        head: undefined,
        heads: [B],
        titled: [B],
        count: 1,
        read: ['session.deleted'],
        newest: ['session.deleted'],
        first: ['session.deleted'],
        verified: [],
      }
      expect(await all()).toEqual(wanted)
      await log.purge(A)
      expect(await all()).toEqual(wanted)
      expect(await readAll(log, B)).toHaveLength(4)
    })

    test('nothing is written to it any more, and nothing is made of it', async () => {
      await using log = await make(clock())
      await log.append(B, notices(1))
      await log.append(A, [created(), deleted])
      const last = (await readAll(log, A))[0]?.seq ?? 0
      for (const purged of [false, true]) {
        if (purged) await log.purge(A)
        await expect(log.append(A, notices(1))).rejects.toMatchObject(gone)
        await expect(log.append(A, notices(1), { expectedSeq: last })).rejects.toMatchObject(gone)
        expect(await log.append(A, notices(1), { expectedSeq: 0 })).toEqual({ type: 'conflict', head: last })
        expect(await log.append(A, notices(1), { expectedSeq: last - 1 })).toEqual({ type: 'conflict', head: last })
        expect(await log.fork(B, 1, A)).toEqual({ type: 'conflict', head: last })
        await expect(log.fork(A, last, stream('ann/copy'))).rejects.toMatchObject({ code: 'not_found' })
        expect((await log.heads('')).map(({ stream }) => stream)).toEqual([B])
      }
    })

    test('nothing comes behind it in its own append either', async () => {
      await using log = await make(clock())
      await log.append(A, [created()])
      await expect(log.append(A, [deleted, notice('x')])).rejects.toMatchObject({ code: 'invalid_input' })
      await log.append(A, [notice('still here')])
      expect(await log.count('')).toBe(1)
    })

    test('of appends that arrive together the ones behind it are refused, and no others', async () => {
      await using log = await make(clock())
      await log.append(A, [created()])
      const results = await Promise.allSettled([
        log.append(A, [notice('before')]),
        log.append(A, [deleted]),
        log.append(A, [notice('behind')]),
        log.append(B, [notice('elsewhere')]),
      ])
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
      expect(await log.verifyHeads()).toEqual([])
    })

    test('a follower is told it last, and one that comes later is told nothing else', async () => {
      await using log = await make(clock())
      await log.append(A, [created()])
      const early = collect(log, A)
      await until(() => early.kinds().includes('live'), 'it is live')
      await log.append(A, [stepStarted('s.1')])
      log.publish(A, delta('s.1', 0, 'secret'))
      await log.append(A, [deleted])
      await log.purge(A)
      log.publish(A, delta('s.1', 6, 'more'))
      const late = collect(log, A)
      await until(() => late.kinds().includes('live') && early.stored().length === 3, 'both are told')
      expect(early.stored().map(({ type }) => type)).toEqual(['session.created', 'step.started', 'session.deleted'])
      expect([late.stored().map(({ type }) => type), late.transients()]).toEqual([['session.deleted'], []])
      await Promise.all([early.stop(), late.stop()])
    })

    test('a feed tells it once, with no work, and one that begins later does not', async () => {
      await using log = await make(clock())
      await log.append(A, [created(), naming('a'.repeat(64) as BlobHash)])
      const { signal } = new AbortController()
      const feed = log.feed('ann/', { from: 0, signal })[Symbol.asyncIterator]()
      expect((await feed.next()).value).toMatchObject({ stream: A, openWork: true })
      await log.append(A, [deleted])
      expect((await feed.next()).value).toMatchObject({ stream: A, openWork: false, deleted: true })
      await log.purge(A)
      await log.append(B, notices(1))
      expect((await feed.next()).value).toMatchObject({ stream: B })
      const later = log.feed('ann/', { from: 0, signal })[Symbol.asyncIterator]()
      expect((await later.next()).value).toMatchObject({ stream: B })
      await Promise.all([feed.return?.(), later.return?.()])
    })

    test('only what was deleted is purged; a second purge is nothing', async () => {
      await using log = await make(clock())
      await expect(log.purge(A)).rejects.toMatchObject({ code: 'not_found' })
      await log.append(A, notices(1))
      await expect(log.purge(A)).rejects.toMatchObject({ code: 'conflict', mend: expect.stringContaining('deleted') })
      expect(await readAll(log, A)).toHaveLength(1)
      await log.append(A, [deleted])
      await Promise.all([log.purge(A), log.purge(A)])
      await log.purge(A)
      expect(await readAll(log, A)).toHaveLength(1)
    })

    test('its delegates go with it, and theirs; nobody else of the user, nor of another', async () => {
      await using log = await make(clock())
      const parents: Record<string, string | undefined> = {
        'ann/one': undefined,
        'ann/d1': 'one',
        'ann/d2': 'd1',
        'ann/two': undefined,
        'ann/e1': 'two',
        'bob/one': undefined,
        'bob/d1': 'one',
      }
      for (const [name, parent] of Object.entries(parents)) await log.append(stream(name), [created(parent)])
      expect((await log.heads('ann/', { parent: 'one' as never })).map(({ stream }) => stream)).toEqual(['ann/d1'])
      const told: Head[] = []
      const stop = new AbortController()
      const watching = (async () => {
        for await (const head of log.feed('ann/', { from: 0, signal: stop.signal })) if (head.deleted) told.push(head)
      })()
      await log.append(A, [deleted])
      await log.purge(A)
      expect((await log.heads('')).map(({ stream }) => stream).toSorted()).toEqual([
        'ann/e1',
        'ann/two',
        'bob/d1',
        'bob/one',
      ])
      for (const name of ['ann/d1', 'ann/d2']) expect(await readAll(log, stream(name))).toMatchObject([deleted])
      await until(() => told.length === 3, 'all three are told')
      stop.abort()
      await watching
    })

    test('blobs that only it named go with it', async () => {
      await using log = await make(clock())
      const put = (text: string) => log.blobs.put(Buffer.from(text))
      const [own, shared, forked, again, loose] = await Promise.all(
        ['own', 'shared', 'forked', 'again', 'loose'].map(put),
      )
      if (!own || !shared || !forked || !again || !loose) throw new Error('five were put')
      await log.append(A, [naming(forked)])
      await log.fork(A, (await readAll(log, A)).at(-1)?.seq ?? 0, stream('ann/copy'))
      await log.append(A, [naming(own), naming(shared), naming(again)])
      await log.append(B, [naming(shared)])
      // Somebody is about to name it.
      await put('again')
      await log.append(A, [deleted])
      await log.purge(A)
      const left = async (hash: BlobHash) => (await log.blobs.get(hash)) !== undefined
      expect(await Promise.all([own, shared, forked, again, loose].map(left))).toEqual([false, true, true, true, true])
      const others: StreamName[] = [B, stream('ann/copy')]
      for (const name of others) await log.append(name, [deleted])
      await log.purge(B)
      await log.purge(stream('ann/copy'))
      expect(await Promise.all([shared, forked].map(left))).toEqual([false, false])
    })

    test('sessions that are archived are left out where that is asked for', async () => {
      await using log = await make(clock())
      const archived = (on: boolean, command: string) => ({ type: 'session.archived', archived: on, by: 'me', command })
      for (const name of [A, B]) await log.append(name, [created()])
      await log.append(A, [archived(true, 'c1')])
      const names = async (options: { archived?: false; limit?: number }) =>
        (await log.heads('ann/', options)).map(({ stream }) => stream)
      expect([await names({}), await names({ archived: false })]).toEqual([[A, B], [B]])
      expect(await names({ archived: false, limit: 1 })).toEqual([B])
      await log.append(A, [archived(false, 'c2')])
      expect(await names({ archived: false })).toEqual([A, B])
    })
  })
}
