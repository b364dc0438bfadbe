import { GatewayRefusal, type SessionItem } from '@nacre/client'
import { type BlobHash, blobHash, type CommandType, PROTOCOL_LIMITS } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allEvents, clientOf, cuttable, type Fate, openGateway, queued, streamOf, until } from './stage.js'

const bytesOf = (size: number) => Uint8Array.from({ length: size }, (_, n) => (n * 7) % 251)
const kindOf = (item: SessionItem) => (item.kind === 'stored' ? item.event.type : item.kind)

/** Cuts the connection at each of these commands' replies, as often as said. */
function losing(types: readonly CommandType[], times: number) {
  let left = times
  return (frame: string, way: 'up' | 'down'): Fate => {
    const { type } = JSON.parse(frame)
    if (way === 'down' || !types.includes(type) || left === 0) return 'pass'
    left -= 1
    return 'cut after'
  }
}

describe('a session', () => {
  it('is renamed, archived, brought back and removed, each once though replies are lost', async () => {
    const { gateway, log, dial } = openGateway()
    const client = clientOf(cuttable(dial, losing(['rename_session', 'archive_session', 'delete_session'], 4)))
    const { session } = await client.createSession({ title: 'T' })
    const names = async (options?: { archived?: boolean }) =>
      (await client.sessions(options)).map(({ title, archived }) => [title, archived ?? false])
    await client.rename(session, 'Boat')
    await client.archive(session)
    expect([await names(), await names({ archived: true })]).toEqual([[], [['Boat', true]]])
    await client.archive(session, false)
    expect(await names()).toEqual([['Boat', false]])
    const changes = (await allEvents(log, session)).map(({ type }) => type)
    expect(changes).toEqual(['session.created', 'session.renamed', 'session.archived', 'session.archived'])
    await client.remove(session)
    await client.remove(session)
    expect(await names({ archived: true })).toEqual([])
    await client.close()
    await gateway.close()
  })

  it('that is busy is not removed, and the refusal says what to do', async () => {
    const { gateway, log, dial } = openGateway()
    const client = clientOf(dial)
    const { session } = await client.createSession()
    await log.append(streamOf(session), [queued('i1')])
    await expect(client.remove(session)).rejects.toMatchObject({
      code: 'busy',
      gateway: 'session_busy',
      mend: expect.stringContaining('Cancel'),
    })
    await client.close()
    await gateway.close()
  })

  it('that is removed ends its watches behind the last event; who comes later is refused', async () => {
    const { gateway, dial } = openGateway()
    const client = clientOf(dial)
    const { session } = await client.createSession()
    const watch = client.watch(session, { after: 0, signal: new AbortController().signal })
    const watching = until(watch, () => false)
    await until(
      client.watch(session, { after: 0, signal: new AbortController().signal }),
      ({ kind }) => kind === 'live',
    )
    await client.remove(session)
    const kinds = (await watching).map(kindOf).filter((kind) => kind !== 'connection')
    expect(kinds).toEqual(['session.created', 'live', 'session.deleted'])
    const late = client.watch(session, { after: 0, signal: new AbortController().signal })
    await expect(until(late, () => false)).rejects.toMatchObject({ gateway: 'session_not_found' })
    await client.close()
    await gateway.close()
  })
})

describe('a blob', () => {
  it('goes and comes back, also while connections break', async () => {
    const { gateway, log, dial } = openGateway()
    const client = clientOf(cuttable(dial, losing(['put_blob', 'get_blob'], 3)))
    for (const size of [0, 1, 1_300_000]) {
      const part = await client.putBlob(bytesOf(size), { mediaType: 'image/png', preview: '[image]' })
      expect(part).toMatchObject({ type: 'blob', mediaType: 'image/png', sizeBytes: size, preview: '[image]' })
      expect(await log.blobs.get(part.hash)).toEqual(bytesOf(size))
      expect(await client.getBlob(part.hash)).toEqual(bytesOf(size))
      const { session } = await client.createSession()
      await client.send(session, [part])
    }
    await client.close()
    await gateway.close()
  })

  it('of any bytes is the same', async () => {
    const { gateway, dial } = openGateway()
    const client = clientOf(dial)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const { hash } = await client.putBlob(bytes, { mediaType: 'x', preview: '' })
        expect(await client.getBlob(hash)).toEqual(new Uint8Array(bytes))
      }),
      { numRuns: 50 },
    )
    await client.close()
    await gateway.close()
  })

  it('waits for the one before it', async () => {
    const { gateway, dial } = openGateway()
    let pieces = 0
    const client = clientOf(
      cuttable(dial, (frame) => {
        if (JSON.parse(frame).type === 'put_blob') pieces += 1
        return 'pass'
      }),
    )
    const about = { mediaType: 'x', preview: '' }
    const sizes = [1_200_000, 700_000, 5]
    const parts = await Promise.all(sizes.map((size) => client.putBlob(bytesOf(size), about)))
    expect(parts.map(({ sizeBytes }) => sizeBytes)).toEqual(sizes)
    // None had to begin again.
    expect(pieces).toBe(3 + 2 + 1)
    for (const { hash, sizeBytes } of parts) expect(await client.getBlob(hash)).toEqual(bytesOf(sizeBytes))
    await client.close()
    await gateway.close()
  })

  it('is given up where it is cut again and again, and the next one goes', async () => {
    const { gateway, dial } = openGateway()
    let second = 0
    const client = clientOf(
      cuttable(dial, (frame, way) => {
        const { type, payload } = JSON.parse(frame)
        if (way === 'down' || type !== 'put_blob' || payload.offset === 0) return 'pass'
        // The second piece is lost with its connection; sent again on the next one, it is out of order.
        return ++second < 10 && second % 2 === 1 ? 'cut before' : 'pass'
      }),
    )
    const about = { mediaType: 'x', preview: '' }
    await expect(client.putBlob(bytesOf(600_000), about)).rejects.toMatchObject({ gateway: 'upload_out_of_order' })
    expect(second).toBe(10)
    expect((await client.putBlob(bytesOf(600_000), about)).sizeBytes).toBe(600_000)
    await client.close()
    await gateway.close()
  })

  it('that is too large is not sent, and one that is not there is a refusal', async () => {
    const { gateway, dial } = openGateway()
    const client = clientOf(dial)
    await expect(
      client.putBlob(new Uint8Array(PROTOCOL_LIMITS.blobBytes + 1), { mediaType: 'x', preview: '' }),
    ).rejects.toMatchObject({ code: 'limit_exceeded', mend: expect.stringContaining('file') })
    const none: BlobHash = blobHash('a'.repeat(64))
    await expect(client.getBlob(none)).rejects.toBeInstanceOf(GatewayRefusal)
    await expect(client.getBlob(none)).rejects.toMatchObject({ code: 'not_found', gateway: 'blob_not_found' })
    await client.close()
    await gateway.close()
  })
})
