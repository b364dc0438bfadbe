import { mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { fakeWorld } from '@nacre/kit/testing'
import { openLog } from '@nacre/log'
import type { NewSessionEvent } from '@nacre/session'
import { sessionId, streamName, userId } from '@nacre/types'
import { expect, it, onTestFinished } from 'vitest'
import { rawSocket, request, UPGRADE, type Where, wsFrame } from './raw.js'
import { HELLO, joined, openGateway, text } from './stage.js'

const session = sessionId('s1')
const stream = streamName(userId('alice'), session)
const note = (bytes: number): NewSessionEvent => ({ type: 'notice.posted', level: 'info', text: 'n'.repeat(bytes) })
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n))

/** What is reachable now. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

it('1,000 clients that stop reading hold their shares of one bound, and another is served as ever', async () => {
  const [total, frame] = [4 * 1024 * 1024, 2_000]
  const { gateway, log } = openGateway({ limits: { bufferedTotalBytes: total, stallMs: 600_000 } })
  const healthy = await joined(gateway)
  await healthy.must('create_session', { session })
  await healthy.must('subscribe', { session, after: 0 })
  const stalled = await Promise.all(times(1_000, () => joined(gateway)))
  for (const peer of stalled) {
    await peer.must('subscribe', { session, after: 0 })
    peer.stall()
  }
  for (let n = 0; n < 40; n++) {
    const appended = await log.append(stream, [note(frame)])
    const seq = appended.type === 'appended' ? appended.events[0]?.seq : 0
    // In the order of events: it has each one, and an answer, before the next is made.
    await healthy.nextWhere(
      ({ type, payload }) => type === 'event' && JSON.stringify(payload).includes(`"seq":${seq},`),
    )
    await healthy.must('health', {})
  }
  const held = stalled.reduce((sum, peer) => sum + peer.peakBytes, 0)
  // Each has its share of the bound, and one frame on top of it.
  expect(held).toBeGreaterThan(total / 2)
  expect(held).toBeLessThan(total + 1_000 * (frame + 500))
  for (const peer of stalled) expect(peer.closedWith).toBeUndefined()
  await gateway.close()
}, 60_000)

it('1,000 sockets that stall in every phase cost little, and another client comes, asks and is answered', {
  timeout: 120_000,
}, async () => {
  const home = mkdtempSync(join(tmpdir(), 'gw-stalled-'))
  // In it nothing times out, or the stalled would be gone too soon to hold anything.
  const world = fakeWorld()
  const log = await openLog({ path: join(home, 'log', 'log.db'), now: world.now })
  const { gateway } = openGateway({ log, world, limits: { bufferedTotalBytes: 8 * 1024 * 1024, loopDelayMs: 60_000 } })
  onTestFinished(async () => {
    await gateway.close()
    await log.close()
    rmSync(home, { recursive: true })
  })
  const healthy = await joined(gateway)
  await healthy.must('create_session', { session })
  const where = await gateway.listen({ host: '127.0.0.1', port: 0 })
  const host = ['Host', `localhost:${where.port}`] as const
  const before = heldBytes()

  const phases: Record<string, (at: Where) => Promise<{ readonly socket: Socket }>> = {
    'connected only': rawSocket,
    'half an upgrade': async (at) => {
      const raw = await rawSocket(at)
      raw.socket.write('GET /ws HTTP/1.1\r\nHost: loc')
      return raw
    },
    'no hello': (at) => request(at, [host, ...UPGRADE]),
    'subscribed, not reading': async (at) => {
      const raw = await request(at, [host, ...UPGRADE])
      raw.socket.write(wsFrame(JSON.stringify({ type: 'hello', payload: { ...HELLO, request_id: '1' } })))
      await raw.frame()
      const subscribe = { type: 'subscribe', payload: { session, after: 0, request_id: '2' } }
      raw.socket.write(wsFrame(JSON.stringify(subscribe)))
      await raw.frame()
      raw.socket.pause()
      return raw
    },
  }
  const held: { readonly socket: Socket }[] = []
  for (const stall of Object.values(phases)) held.push(...(await Promise.all(times(250, () => stall(where)))))
  onTestFinished(() => {
    for (const { socket } of held) socket.destroy()
  })
  const connected = heldBytes()
  // Some 1.5 GB for the 250, if nothing held it back.
  for (let n = 0; n < 60; n++) {
    await log.append(
      stream,
      times(5, () => note(20_000)),
    )
    await healthy.must('send', { session, input: `i${n}`, parts: text('hello'), mode: 'queue' })
  }
  const { status, socket, frame } = await request(where, [host, ...UPGRADE])
  expect(status).toBe(101)
  socket.write(wsFrame(JSON.stringify({ type: 'hello', payload: { ...HELLO, request_id: '1' } })))
  expect(await frame()).toMatchObject({ type: 'reply' })
  socket.destroy()
  const after = heldBytes()
  expect(held.slice(750).filter(({ socket }) => socket.destroyed)).toEqual([])
  // Both ends of each connection live in this process.
  expect((connected - before) / 1_000).toBeLessThan(100_000)
  expect(after - connected).toBeLessThan(60_000_000)
})
