import { fakeWorld } from '@nacre/kit/testing'
import { PROTOCOL_LIMITS } from '@nacre/types'
import { afterEach, describe, expect, it } from 'vitest'
import { rawSocket, request, UPGRADE, wsFrame } from './raw.js'
import { createPeer, HELLO, ISOLATION, joined, openGateway, TOKEN } from './stage.js'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((gateway) => gateway.close()))
})
const open = (...options: Parameters<typeof openGateway>) => {
  const stage = openGateway(...options)
  opened.push(stage.gateway)
  return stage
}
const listening = async (...options: Parameters<typeof openGateway>) => {
  const stage = open(...options)
  const where = await stage.gateway.listen({ host: '127.0.0.1', port: 0 })
  const upgraded = () => request(where, [['Host', `localhost:${where.port}`], ...UPGRADE])
  return { ...stage, where, upgraded }
}
const frame = (type: string, payload: object) => JSON.stringify({ type, payload: { request_id: '1', ...payload } })

/** What a first frame is told, and how the connection ends. */
async function first(message: string | Uint8Array) {
  const { gateway } = open()
  const peer = createPeer()
  gateway.accept(peer.connection)
  peer.say(message)
  const answer = await peer.next()
  const end = await peer.next().catch((error: Error) => error.message)
  return { answer, end }
}

describe('the hello', () => {
  it('says whom the gateway serves, with what and how sealed', async () => {
    const { gateway } = open()
    const peer = createPeer()
    gateway.accept(peer.connection)
    expect(await peer.must('hello', HELLO)).toEqual({
      protocol_version: 2,
      agents: ['default'],
      user: 'alice',
      server: 'nacre test',
      isolation: ISOLATION,
      model: 'offline/rules',
      workspace: '/shared',
    })
  })

  it('has one chance: a wrong token, another command, nonsense, bytes or too much is told why, and the connection ends', async () => {
    const cases = [
      [frame('hello', { ...HELLO, token: 'wrong' }), 'unauthenticated'],
      [frame('hello', { ...HELLO, token: '' }), 'unauthenticated'],
      [frame('list_sessions', {}), 'unauthenticated'],
      [frame('hello', { ...HELLO, role: 'owner' }), 'bad_frame'],
      ['{', 'bad_frame'],
      [new TextEncoder().encode(frame('hello', HELLO)), 'bad_frame'],
      [frame('hello', { ...HELLO, client: 'x'.repeat(PROTOCOL_LIMITS.handshakeBytes) }), 'bad_frame'],
    ] as const
    for (const [message, code] of cases) {
      const { answer, end } = await first(message)
      expect(answer).toMatchObject({ type: 'error', payload: { code, retryable: false } })
      expect(end).toBe('the connection was closed with 4401')
      expect(JSON.stringify(answer)).not.toContain(TOKEN)
    }
  })

  it('of another version is refused as that, even where its other fields are not ours', async () => {
    for (const payload of [
      { ...HELLO, protocol_version: 3 },
      { protocol_version: 1, user: 'alice' },
    ]) {
      const { answer } = await first(frame('hello', payload))
      expect(answer).toMatchObject({ type: 'error', payload: { request_id: '1', code: 'unsupported_version' } })
    }
  })

  it('of more than 64 KiB is not even read', async () => {
    const { answer } = await first(frame('hello', { ...HELLO, client: 'x'.repeat(PROTOCOL_LIMITS.handshakeBytes) }))
    expect(answer).toMatchObject({ payload: { message: expect.stringContaining('65536') } })
  })

  it('needs a token that cannot be guessed: a gateway without one is not made', () => {
    for (const token of ['', 'short']) expect(() => openGateway({ token })).toThrow('at least 16')
  })

  it('can be said once', async () => {
    const peer = await joined(open().gateway)
    expect(await peer.refused('hello', HELLO)).toMatchObject({ code: 'bad_frame' })
    await peer.must('health', {})
  })

  it('must come within 5 seconds', async () => {
    const world = fakeWorld()
    const { gateway } = open({ world })
    const peer = createPeer()
    gateway.accept(peer.connection)
    await world.advance(PROTOCOL_LIMITS.handshakeMs - 1)
    expect(peer.seen).toEqual([])
    await world.advance(1)
    expect(await peer.next()).toMatchObject({ payload: { code: 'unauthenticated' } })
    await expect(peer.next()).rejects.toThrow('4401')
  })

  it('must come within 5 seconds on a socket too, also from one who sends it byte by byte', async () => {
    const world = fakeWorld()
    const { upgraded } = await listening({ world })
    const { socket, closed, frame: next } = await upgraded()
    socket.write(wsFrame(frame('hello', HELLO)).subarray(0, 20))
    await world.advance(PROTOCOL_LIMITS.handshakeMs)
    expect(await next()).toMatchObject({ payload: { code: 'unauthenticated' } })
    await closed
  })
})

describe('before the hello', () => {
  it('64 KiB end the connection, in one frame, in fragments or in pings', async () => {
    const { upgraded, where } = await listening()
    const fragment = wsFrame('x'.repeat(16_000), { fin: false })
    const more = wsFrame('x'.repeat(16_000), { fin: false, opcode: 0 })
    const floods = [
      [wsFrame('x'.repeat(900_000)).subarray(0, 70_000)],
      [fragment, more, more, more, more],
      Array.from({ length: 600 }, () => wsFrame('x'.repeat(120), { opcode: 9 })),
    ]
    for (const flood of floods) {
      const { socket, closed } = await upgraded()
      for (const bytes of flood) socket.write(bytes)
      await closed
    }
    const { socket, frame: next } = await upgraded()
    socket.write(wsFrame(frame('hello', HELLO)))
    expect(await next()).toMatchObject({ type: 'reply' })
    socket.destroy()
    expect(where.port).toBeGreaterThan(0)
  })

  it('a header that never ends does not stay', async () => {
    const { where } = await listening()
    const { socket, closed } = await rawSocket(where)
    socket.write(`GET /ws HTTP/1.1\r\nHost: localhost:${where.port}\r\nX-Slow: ${'x'.repeat(20_000)}`)
    await closed
  })
})

describe('after the hello', () => {
  it('a frame may have 1 MiB, and one that is longer ends the connection', async () => {
    const { upgraded } = await listening()
    const { socket, closed, frame: next } = await upgraded()
    socket.write(wsFrame(frame('hello', HELLO)))
    await next()
    socket.write(wsFrame(`"${'x'.repeat(PROTOCOL_LIMITS.frameBytes - 2)}"`))
    expect(await next()).toMatchObject({ payload: { code: 'bad_frame' } })
    socket.write(wsFrame(`"${'x'.repeat(PROTOCOL_LIMITS.frameBytes)}"`))
    await closed
  })

  it('who does not answer two pings is dropped, and who does stays', async () => {
    const world = fakeWorld()
    const { upgraded } = await listening({ world })
    const silent = await upgraded()
    const alive = await upgraded()
    for (const { socket, frame: next } of [silent, alive]) {
      socket.write(wsFrame(frame('hello', HELLO)))
      await next()
    }
    await world.advance(PROTOCOL_LIMITS.pingMs)
    alive.socket.write(wsFrame('', { opcode: 10 }))
    alive.socket.write(wsFrame(frame('health', {})))
    // The ping itself, which this reader takes for the end of text frames, and then the reply.
    expect(await alive.frame()).toBeUndefined()
    expect(await alive.frame()).toMatchObject({ type: 'reply' })
    await world.advance(PROTOCOL_LIMITS.pingMs)
    await silent.closed
    alive.socket.write(wsFrame(frame('health', {})))
    expect(await alive.frame()).toBeUndefined()
    expect(await alive.frame()).toMatchObject({ type: 'reply' })
  })

  it('closing tells every client that it is shutting down, and ends', async () => {
    const { gateway, upgraded } = await listening()
    const peer = await joined(gateway)
    const { socket, frame: next, closed } = await upgraded()
    socket.write(wsFrame(frame('hello', HELLO)))
    await next()
    const stranger = await upgraded()
    await gateway.close()
    expect(await peer.next()).toMatchObject({ type: 'error', payload: { code: 'shutting_down', retryable: true } })
    await expect(peer.next()).rejects.toThrow('1001')
    expect(await next()).toMatchObject({ payload: { code: 'shutting_down' } })
    await Promise.all([closed, stranger.closed])
    await expect(gateway.listen({ host: '127.0.0.1', port: 0 })).rejects.toMatchObject({ code: 'closed' })
    const late = createPeer()
    gateway.accept(late.connection)
    await expect(late.next().then(() => late.next())).rejects.toThrow('closed')
  })
})
