import { systemWorld } from '@nacre/kit'
import { fakeWorld } from '@nacre/kit/testing'
import { applyItem, EMPTY_TRANSCRIPT, type NewSessionEvent } from '@nacre/session'
import { inputId, type Log, type LogItem, sessionId, stepId, streamName, turnId, userId } from '@nacre/types'
import { describe, expect, it } from 'vitest'
import { request, UPGRADE, wsFrame } from './raw.js'
import { HELLO, joined, openGateway, type Peer, text } from './stage.js'

const session = sessionId('s1')
const stream = streamName(userId('alice'), session)
const step = stepId('i1.1')
const BUDGET = 64 * 1024
/** One stored event, and what subscriptions keep joined, may come on top of the budget. */
const SLACK = 320 * 1024

async function stage(options: Parameters<typeof openGateway>[0] = {}) {
  const world = options.world ?? systemWorld()
  const opened = openGateway({ world, limits: { bufferedBytes: BUDGET }, ...options })
  const peer = await joined(opened.gateway)
  await peer.must('create_session', { session })
  const append = (...events: NewSessionEvent[]) => opened.log.append(stream, events)
  let said = 0
  const say = (words: string) => {
    opened.log.publish(stream, { type: 'text.delta', step, offset: said, text: words } as never)
    said += words.length
  }
  const start = () =>
    append(
      { type: 'turn.queued', input: inputId('i1'), parts: text('go'), mode: 'queue', by: 't' },
      { type: 'turn.started', turn: turnId('i1') },
      { type: 'step.started', turn: turnId('i1'), step, inputs: [inputId('i1')], provider: 'p', model: 'm' },
    )
  return { ...opened, world, peer, append, say, start }
}
const note = (bytes: number): NewSessionEvent => ({ type: 'notice.posted', level: 'info', text: 'n'.repeat(bytes) })
const items = (peer: Peer): LogItem[] =>
  peer.seen.flatMap((frame) => (frame.type === 'event' ? [frame.payload.item] : []))
const liveText = (peer: Peer) => items(peer).reduce(applyItem, EMPTY_TRANSCRIPT).live[0]?.text
const storedSeqs = (peer: Peer) => items(peer).flatMap((item) => (item.kind === 'stored' ? [item.event.seq] : []))
const seqsOf = async (log: Log) => {
  const seqs: number[] = []
  for (let end = false; !end; ) {
    const page = await log.read(stream, { after: seqs.at(-1) ?? 0 })
    seqs.push(...page.events.map(({ seq }) => seq))
    end = page.end
  }
  return seqs
}
const turnsOfLoop = async (count: number) => {
  for (let index = 0; index < count; index++) await new Promise((resolve) => setImmediate(resolve))
}

describe('a client that stops reading', () => {
  it('holds no more than its budget, and nobody else up; then it is told to come again, and gets the rest', async () => {
    const world = fakeWorld()
    const { gateway, log, peer, append } = await stage({ world })
    const other = await joined(gateway)
    await peer.must('subscribe', { session, after: 0 })
    await other.must('subscribe', { session, after: 0 })
    peer.stall()
    for (let index = 0; index < 200; index++) {
      await append(note(50_000))
      // The other one has this event before the next is written.
      await other.nextWhere(
        (frame) =>
          frame.type === 'event' && frame.payload.item.kind === 'stored' && frame.payload.item.event.seq === index + 2,
      )
    }
    expect(peer.peakBytes).toBeLessThan(BUDGET + SLACK)
    await world.advance(10_000)
    expect(peer.seen.at(-1)).toEqual({ type: 'resync_required', payload: { session } })
    const sent = peer.sentBytes
    await append(note(10))
    await turnsOfLoop(20)
    expect(peer.sentBytes).toBe(sent)

    const last = storedSeqs(peer).at(-1) ?? 0
    peer.read()
    await peer.must('subscribe', { session, after: last })
    await peer.saw(() => items(peer).filter(({ kind }) => kind === 'live').length === 2)
    expect(storedSeqs(peer)).toEqual(await seqsOf(log))
    await gateway.close()
  })

  it('is not told so while it still takes something now and then', async () => {
    const world = fakeWorld()
    const { gateway, peer, append, log } = await stage({ world })
    await peer.must('subscribe', { session, after: 0 })
    for (let index = 0; index < 40; index++) await append(note(50_000))
    peer.stall()
    const count = (await log.read(stream)).events.length
    for (let round = 0; storedSeqs(peer).length < count; round++) {
      await world.advance(9_000)
      peer.read()
      peer.stall()
      await turnsOfLoop(5)
      if (round > 200) throw new Error('it got stuck')
    }
    expect(peer.seen.some(({ type }) => type === 'resync_required')).toBe(false)
    await gateway.close()
  })

  it('gets fewer and longer deltas, and the text in the end is the whole', async () => {
    const { gateway, peer, say, start } = await stage()
    await peer.must('subscribe', { session, after: 0 })
    await start()
    peer.stall()
    for (let index = 0; index < 2000; index++) {
      say(`word ${index} `.padEnd(40, '.'))
      if (index % 100 === 0) await turnsOfLoop(3)
    }
    await turnsOfLoop(20)
    const deltas = items(peer).filter((item) => item.kind === 'transient').length
    expect(deltas).toBeLessThan(1000)
    expect(peer.peakBytes).toBeLessThan(BUDGET + SLACK)
    peer.read()
    while ((liveText(peer)?.length ?? 0) < 80_000) await peer.next()
    expect(items(peer).filter((item) => item.kind === 'transient').length).toBeLessThan(deltas + 1000)
    expect(liveText(peer)).toBe(Array.from({ length: 2000 }, (_, index) => `word ${index} `.padEnd(40, '.')).join(''))
    await gateway.close()
  })

  it('gets what was said meanwhile as one delta', async () => {
    const { gateway, peer, append, say, start } = await stage()
    await peer.must('subscribe', { session, after: 0 })
    await start()
    await peer.saw((seen) => JSON.stringify(seen).includes('step.started'))
    peer.stall()
    await append(note(BUDGET))
    await turnsOfLoop(5)
    for (let index = 0; index < 1000; index++) {
      say('twenty characters ..')
      if (index % 100 === 0) await turnsOfLoop(3)
    }
    await turnsOfLoop(5)
    const deltas = () => items(peer).filter((item) => item.kind === 'transient' && item.event.type === 'text.delta')
    expect(deltas()).toEqual([])
    peer.read()
    await peer.saw(() => liveText(peer)?.length === 20_000)
    expect(deltas()).toHaveLength(1)
    await gateway.close()
  })

  it('gets a snapshot where more was said than can be kept', async () => {
    const { gateway, log, peer, say, start } = await stage()
    await peer.must('subscribe', { session, after: 0 })
    await start()
    await peer.saw((seen) => JSON.stringify(seen).includes('step.started'))
    peer.stall()
    for (let index = 0; index < 600; index++) {
      say(String(index).padEnd(1000, 'x'))
      if (index % 50 === 0) await turnsOfLoop(3)
    }
    await turnsOfLoop(20)
    expect(peer.peakBytes).toBeLessThan(BUDGET + SLACK)
    peer.read()
    while ((liveText(peer)?.length ?? 0) < 600_000) await peer.next()
    expect(liveText(peer)).toBe(Array.from({ length: 600 }, (_, index) => String(index).padEnd(1000, 'x')).join(''))
    expect(items(peer).filter((item) => item.kind === 'live')).toHaveLength(1)
    expect(storedSeqs(peer)).toEqual(await seqsOf(log))
    await gateway.close()
  })

  it('is not read any further: its replies too are within the budget', async () => {
    const { gateway, peer, append } = await stage()
    await append(note(20_000))
    peer.stall()
    for (let index = 0; index < 500; index++) {
      peer.say(JSON.stringify({ type: 'history', payload: { request_id: `h${index}`, session, turns: 1 } }))
    }
    await turnsOfLoop(200)
    expect(peer.peakBytes).toBeLessThan(BUDGET + SLACK)
    peer.read()
    await peer.nextWhere((frame) => frame.type === 'reply' && frame.payload.request_id === 'h499')
    await gateway.close()
  })

  it('on a real socket does not grow the process, and others are served meanwhile', async () => {
    const { gateway, peer, append } = await stage({ limits: { bufferedBytes: 256 * 1024, stallMs: 60_000 } })
    const where = await gateway.listen({ host: '127.0.0.1', port: 0 })
    const raw = await request(where, [['Host', `localhost:${where.port}`], ...UPGRADE])
    raw.socket.write(wsFrame(JSON.stringify({ type: 'hello', payload: { ...HELLO, request_id: '1' } })))
    await raw.frame()
    raw.socket.write(wsFrame(JSON.stringify({ type: 'subscribe', payload: { session, after: 0, request_id: '2' } })))
    await raw.frame()
    raw.socket.pause()
    const text = 'n'.repeat(200_000)
    for (let index = 0; index < 100; index++) await append({ type: 'notice.posted', level: 'info', text })
    const before = process.memoryUsage()
    for (let index = 0; index < 100; index++) await append({ type: 'notice.posted', level: 'info', text })
    await peer.must('subscribe', { session, after: 0 })
    await peer.saw(() => items(peer).some(({ kind }) => kind === 'live'))
    // What the log itself keeps of the second hundred is 20 MB; a copy for the stalled client would be as much again.
    expect(process.memoryUsage().external - before.external).toBeLessThan(10 * 1024 * 1024)
    raw.socket.destroy()
    await gateway.close()
  })
})
