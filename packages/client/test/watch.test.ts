import { sessionId } from '@nacre/client'
import { describe, expect, it } from 'vitest'
import { allEvents, clientOf, cuttable, note, openGateway, streamOf, turnsOfLoop } from './stage.js'

const session = sessionId('s1')

describe('a watcher', () => {
  it('whose consumer sleeps keeps a bounded number of items, asks again from its cursor, and misses nothing', async () => {
    const { gateway, log, dial } = openGateway()
    const frames = { down: 0, subscribes: [] as number[], unsubscribes: 0 }
    const client = clientOf(
      cuttable(dial, (frame, way) => {
        const { type, payload } = JSON.parse(frame)
        if (way === 'down' && type === 'event') frames.down += 1
        if (type === 'subscribe') frames.subscribes.push(payload.after)
        if (type === 'unsubscribe') frames.unsubscribes += 1
        return 'pass'
      }),
    )
    const { session } = await client.createSession()
    const items = client.watch(session, { after: 0, signal: new AbortController().signal })[Symbol.asyncIterator]()
    await items.next()
    for (let round = 0; round < 50; round++) {
      await log.append(
        streamOf(session),
        Array.from({ length: 60 }, (_, index) => note(`${round}/${index}`)),
      )
      await turnsOfLoop(3)
    }
    await client.sessions()
    // 3000 were written; what came is the queue, and what was on its way when it was full.
    expect(frames.unsubscribes).toBe(1)
    expect(frames.down).toBeLessThan(1500)
    const seen: number[] = []
    while (seen.length < 3000) {
      const { value } = await items.next()
      if (value?.kind === 'stored') seen.push(value.event.seq)
    }
    expect(seen).toEqual((await allEvents(log, session)).slice(1).map(({ seq }) => seq))
    expect(frames.subscribes.length).toBeGreaterThan(1)
    expect(frames.subscribes).toEqual(frames.subscribes.toSorted((a, b) => a - b))
    await client.close()
    await gateway.close()
  })

  it('that slept while its session was shared holds nobody up', async () => {
    const { gateway, log, dial } = openGateway()
    const client = clientOf(dial)
    const { session } = await client.createSession()
    const stop = new AbortController()
    const sleeper = client.watch(session, { after: 0, signal: stop.signal })[Symbol.asyncIterator]()
    await sleeper.next()
    const awake = client.watch(session, { after: 0, signal: stop.signal })[Symbol.asyncIterator]()
    const take = async (items: AsyncIterator<unknown>, count: number) => {
      const seqs: number[] = []
      while (seqs.length < count) {
        const { value } = (await items.next()) as { value: { kind: string; event: { seq: number } } }
        if (value.kind === 'stored') seqs.push(value.event.seq)
      }
      return seqs
    }
    await take(awake, 1)
    for (let round = 0; round < 40; round++) {
      const appended = await log.append(
        streamOf(session),
        Array.from({ length: 50 }, (_, index) => note(`${index}`)),
      )
      expect(await take(awake, 50)).toEqual(appended.type === 'appended' && appended.events.map(({ seq }) => seq))
    }
    const all = (await allEvents(log, session)).slice(1).map(({ seq }) => seq)
    expect(await take(sleeper, 2000)).toEqual(all)
    stop.abort()
    expect(await awake.next()).toEqual({ done: true, value: undefined })
    expect(await sleeper.next()).toEqual({ done: true, value: undefined })
    await client.close()
    await gateway.close()
  })

  it('that joins while news of an older watch are on their way does not take them for its own', async () => {
    const { gateway, log, dial } = openGateway()
    const held: (() => void)[] = []
    let holding = false
    const client = clientOf(async () => {
      const inner = await dial()
      async function* messages() {
        for await (const frame of inner.messages) {
          if (holding && JSON.parse(frame).type === 'event') await new Promise<void>((resolve) => held.push(resolve))
          yield frame
        }
      }
      return { send: (frame: string) => void inner.send(frame), messages: messages(), close: () => inner.close() }
    })
    await client.createSession({ session })
    await log.append(streamOf(session), [note('a'), note('b'), note('c')])
    const { signal } = new AbortController()
    const older = client.watch(session, { after: 4, signal })[Symbol.asyncIterator]()
    expect(await older.next()).toMatchObject({ value: { kind: 'live' } })
    holding = true
    await log.append(streamOf(session), [note('d')])
    while (held.length === 0) await turnsOfLoop(1)
    const joining = client.watch(session, { after: 0, signal })[Symbol.asyncIterator]()
    holding = false
    held.pop()?.()
    const seqs: number[] = []
    while (seqs.length < 5) {
      const { value } = await joining.next()
      if (value?.kind === 'stored') seqs.push(value.event.seq)
    }
    expect(seqs).toEqual([1, 2, 3, 4, 5])
    expect(await older.next()).toMatchObject({ value: { kind: 'stored', event: { seq: 5 } } })
    await client.close()
    await gateway.close()
  })

  it('that is told to come again goes on at its cursor', async () => {
    const { gateway, log, dial } = openGateway()
    let swallow = false
    const client = clientOf(async () => {
      const inner = await dial()
      async function* messages() {
        for await (const frame of inner.messages) {
          const { type } = JSON.parse(frame)
          if (swallow && type === 'event') {
            swallow = false
            yield JSON.stringify({ type: 'resync_required', payload: { session } })
          } else yield frame
        }
      }
      return { send: (frame: string) => void inner.send(frame), messages: messages(), close: () => inner.close() }
    })
    await client.createSession({ session })
    const items = client.watch(session, { after: 0, signal: new AbortController().signal })[Symbol.asyncIterator]()
    const seqs: number[] = []
    const until = async (count: number) => {
      while (seqs.length < count) {
        const { value } = await items.next()
        if (value?.kind === 'stored') seqs.push(value.event.seq)
      }
    }
    await until(1)
    expect(await items.next()).toMatchObject({ value: { kind: 'live' } })
    swallow = true
    await log.append(streamOf(session), [note('a'), note('b'), note('c')])
    await until(4)
    expect(seqs).toEqual([1, 2, 3, 4])
    await client.close()
    await gateway.close()
  })
})
