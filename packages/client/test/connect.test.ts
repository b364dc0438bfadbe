import { type ConnectionStatus, Fault, sessionId, type World } from '@nacre/client'
import { fakeWorld } from '@nacre/kit/testing'
import { describe, expect, it } from 'vitest'
import { clientOf, hasty, note, openGateway, streamOf, TOKEN, until } from './stage.js'

const unreachable = async () => {
  throw new Fault('unavailable', 'No gateway answers.')
}

describe('connecting', () => {
  it('gives the hello, and says so in the status', async () => {
    const { gateway, dial } = openGateway()
    const client = clientOf(dial)
    expect(client.status).toEqual({ type: 'connecting', attempt: 1 })
    const hello = await client.connected()
    expect(hello).toMatchObject({ user: 'alice', protocol_version: 2, model: 'offline/rules' })
    expect(client.status).toEqual({ type: 'connected', hello })
    await client.close()
    await gateway.close()
  })

  it('is tried again until it works, with pauses from 250 ms up to 5 s, spread', async () => {
    const { gateway, dial } = openGateway()
    const pauses: number[] = []
    const world: World = {
      ...hasty(7),
      sleep: (ms, signal) => {
        if (ms < 5000) pauses.push(ms)
        return hasty().sleep(ms, signal)
      },
    }
    let dials = 0
    const client = clientOf(() => (++dials <= 12 ? unreachable() : dial()), { world })
    await client.connected()
    expect(dials).toBe(13)
    expect(pauses).toHaveLength(12)
    for (const [index, pause] of pauses.entries()) {
      const most = Math.min(250 * 2 ** index, 5000)
      expect(pause).toBeGreaterThanOrEqual(most / 2)
      expect(pause).toBeLessThan(most)
    }
    expect(new Set(pauses.slice(6).map(Math.round)).size).toBeGreaterThan(3)
    await client.close()
    await gateway.close()
  })

  it('asks for the token again at each attempt: a daemon that was restarted has another one', async () => {
    const first = openGateway({ token: 'the-first-token-x' })
    const second = openGateway({ token: 'the-second-token', log: first.log })
    let { dial } = first
    let token = 'the-first-token-x'
    let asked = 0
    const client = clientOf(() => dial(), {
      token: () => {
        asked += 1
        return token
      },
    })
    const { session } = await client.createSession()
    const items = client.watch(session, { after: 0, signal: new AbortController().signal })
    await until(items, ({ kind }) => kind === 'live').catch(() => undefined)
    dial = second.dial
    const going = first.gateway.close()
    // The new token is there only once the client was refused with the old one.
    const watched = client.watch(session, { after: 0, signal: new AbortController().signal })
    const refused = await until(
      watched,
      (item) =>
        item.kind === 'connection' && item.status.type === 'connecting' && (item.status.why ?? '').includes('token'),
    )
    token = 'the-second-token'
    await going
    expect(refused.length).toBeGreaterThan(0)
    await client.send(session, 'still here')
    expect(client.status.type).toBe('connected')
    expect(asked).toBeGreaterThanOrEqual(3)
    await client.close()
    await second.gateway.close()
  })

  it('ends with the Fault when three hellos in a row were refused', async () => {
    const { gateway, dial } = openGateway()
    let dials = 0
    const counted = () => {
      dials += 1
      return dial()
    }
    const client = clientOf(counted, { token: () => 'wrong' })
    const watched = until(client.watch(sessionId('s'), { after: 0, signal: new AbortController().signal }), () => false)
    const asked = client.sessions()
    await expect(client.connected()).rejects.toMatchObject({
      code: 'unauthenticated',
      gateway: 'unauthenticated',
      mend: expect.any(String),
    })
    await expect(asked).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(watched).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(client.sessions()).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(dials).toBe(3)
    expect(client.status).toEqual({ type: 'closed' })
    await client.close()
    await gateway.close()
  })

  it('waits for a token that is not there yet', async () => {
    const { gateway, dial } = openGateway()
    let asked = 0
    const token = () => {
      if (++asked < 5) throw new Fault('not_found', 'There is no token file yet.')
      return TOKEN
    }
    const client = clientOf(dial, { token })
    await client.connected()
    expect(asked).toBe(5)
    await client.close()
    await gateway.close()
  })

  it('takes a gateway that says nothing within 5 seconds, or nonsense, for one that is not there', async () => {
    const world = fakeWorld()
    const { gateway, dial } = openGateway()
    let closed = 0
    const silent = {
      send: () => undefined,
      messages: { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) },
      close: () => void closed++,
    }
    const nonsense = {
      ...silent,
      messages: (async function* () {
        yield '<html>'
      })(),
    }
    const dials = [() => new Promise<never>(() => undefined), async () => silent, async () => nonsense, dial]
    const client = clientOf(() => (dials.shift() ?? unreachable)(), { world })
    const connected = client.connected()
    let done = false
    void connected.then(() => (done = true))
    for (let step = 0; step < 40 && !done; step++) await world.advance(1000)
    await connected
    expect(closed).toBe(2)
    await client.close()
    await gateway.close()
  })

  it('tells every watch what becomes of it, newest state only, and goes on after a restart of the gateway', async () => {
    const first = openGateway()
    let { dial } = first
    const client = clientOf(() => dial())
    const { session } = await client.createSession()
    const watch = client.watch(session, { after: 0, signal: new AbortController().signal })[Symbol.asyncIterator]()
    expect(await watch.next()).toMatchObject({ value: { kind: 'stored' } })
    expect(await watch.next()).toMatchObject({ value: { kind: 'live' } })
    dial = unreachable
    await first.gateway.close()
    const statuses: ConnectionStatus[] = []
    const second = openGateway({ log: first.log })
    await first.log.append(streamOf(session), [note('while away')])
    for (;;) {
      const { value } = await watch.next()
      if (value?.kind === 'connection') statuses.push(value.status)
      if (statuses.length === 3) dial = second.dial
      if (value?.kind === 'stored') {
        expect(value.event).toMatchObject({ text: 'while away' })
        break
      }
    }
    expect(statuses[0]).toMatchObject({ type: 'connecting', attempt: 1, why: expect.any(String) })
    expect(statuses.at(-1)).toMatchObject({ type: 'connected' })
    await client.close()
    await second.gateway.close()
  })
})
