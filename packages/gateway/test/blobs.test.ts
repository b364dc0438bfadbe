import { createHash } from 'node:crypto'
import { type BlobHash, blobHash, PROTOCOL_LIMITS } from '@nacre/types'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { joined, openGateway, type Peer } from './stage.js'

const PIECE = PROTOCOL_LIMITS.pieceBytes
const bytesOf = (size: number, seed = 7) => Buffer.from(Uint8Array.from({ length: size }, (_, n) => (n * seed) % 251))
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
let { log, gateway } = openGateway()
let peer: Peer
beforeEach(async () => {
  const stage = openGateway()
  log = stage.log
  gateway = stage.gateway
  peer = await joined(gateway)
})
const piece = (upload: string, bytes: Buffer, offset: number, end = offset + PIECE) => ({
  upload,
  offset,
  data: bytes.subarray(offset, end).toString('base64'),
  done: end >= bytes.length,
})
async function put(bytes: Buffer, upload = 'u', by = peer) {
  for (let offset = 0; ; offset += PIECE) {
    const { hash, size_bytes } = await by.must('put_blob', piece(upload, bytes, offset))
    expect(size_bytes).toBe(Math.min(offset + PIECE, bytes.length))
    if (hash !== undefined) return hash
  }
}
async function get(hash: BlobHash) {
  const pieces: Buffer[] = []
  for (let offset = 0; ; ) {
    const { data, size_bytes } = await peer.must('get_blob', { hash, offset })
    pieces.push(Buffer.from(data, 'base64'))
    offset += pieces.at(-1)?.length ?? 0
    if (offset >= size_bytes) return Buffer.concat(pieces)
  }
}

describe('a blob that is sent', () => {
  it.each([0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 5])(
    'of %i bytes is on disk, and comes back',
    async (size) => {
      const bytes = bytesOf(size)
      const hash = await put(bytes)
      expect(hash).toBe(hashOf(bytes))
      expect(await log.blobs.get(hash)).toEqual(new Uint8Array(bytes))
      expect(await get(hash)).toEqual(bytes)
    },
  )

  it('in any pieces, some of them twice, is the same', async () => {
    let keys = 0
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.record({ length: fc.nat(60), times: fc.integer({ min: 1, max: 3 }) }), { maxLength: 8 }),
        async (array, cuts) => {
          const bytes = Buffer.from(array)
          const key = `p${++keys}`
          let offset = 0
          for (const { length, times } of [...cuts, { length: bytes.length, times: 2 }]) {
            const end = Math.min(offset + length, bytes.length)
            const part = { ...piece(key, bytes, offset, end), done: end === bytes.length && length === bytes.length }
            for (let n = 0; n < times; n++) {
              const { hash } = await peer.must('put_blob', part)
              if (part.done) expect(hash).toBe(hashOf(bytes))
            }
            offset = end
            if (part.done) break
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  it('whose last piece is empty and comes twice is one', async () => {
    const first = { upload: 'u', offset: 0, data: 'YWhveQ==', done: false }
    await peer.must('put_blob', first)
    const last = { upload: 'u', offset: 4, data: '', done: true }
    const answer = await peer.must('put_blob', last)
    expect(await peer.must('put_blob', last)).toEqual(answer)
  })

  it('goes on where it was, or from the beginning; nowhere else, and with no other bytes', async () => {
    const bytes = bytesOf(100)
    await peer.must('put_blob', piece('u', bytes, 0, 40))
    const wrong = { code: 'upload_out_of_order', message: expect.stringContaining('40 bytes'), retryable: false }
    expect(await peer.refused('put_blob', piece('u', bytes, 50, 60))).toMatchObject(wrong)
    expect(await peer.refused('put_blob', piece('u', bytes, 30, 60))).toMatchObject(wrong)
    expect(await peer.refused('put_blob', piece('u', bytesOf(100, 9), 0, 40))).toMatchObject(wrong)
    expect(await peer.refused('put_blob', piece('other', bytes, 40, 60))).toMatchObject({ code: 'upload_out_of_order' })
    expect((await peer.must('put_blob', piece('u', bytes, 40))).hash).toBe(hashOf(bytes))
  })

  it('gives way to the next one, and ends with its connection', async () => {
    const bytes = bytesOf(100)
    await peer.must('put_blob', piece('one', bytes, 0, 40))
    await peer.must('put_blob', piece('two', bytes, 0, 40))
    expect(await peer.refused('put_blob', piece('one', bytes, 40))).toMatchObject({ code: 'upload_out_of_order' })
    const other = await joined(gateway)
    expect(await other.refused('put_blob', piece('two', bytes, 40))).toMatchObject({
      code: 'upload_out_of_order',
      message: expect.stringContaining('0 bytes'),
    })
    expect((await peer.must('put_blob', piece('two', bytes, 0, 40))).hash).toBeUndefined()
  })

  it('has pieces of at most 512 KiB, in base64', async () => {
    const whole = bytesOf(PIECE).toString('base64')
    await peer.must('put_blob', { upload: 'u', offset: 0, data: whole, done: false })
    const bad = [bytesOf(PIECE + 1).toString('base64'), 'YQ', 'YQ=', '====', 'Y_==', 'YWJj\n', '\u00e9AAA']
    for (const data of bad)
      expect(await peer.refused('put_blob', { upload: 'u', offset: PIECE, data, done: false })).toMatchObject({
        code: 'bad_frame',
        message: expect.stringContaining('payload.data'),
      })
    await peer.must('put_blob', { upload: 'u', offset: PIECE, data: '', done: true })
  })

  it('has at most 20 MiB, to the byte', async () => {
    const bytes = bytesOf(PROTOCOL_LIMITS.blobBytes)
    const pieces = PROTOCOL_LIMITS.blobBytes / PIECE
    for (let n = 0; n < pieces; n++) await peer.must('put_blob', { ...piece('u', bytes, n * PIECE), done: false })
    const one = { upload: 'u', offset: bytes.length, data: 'YQ==', done: true }
    expect(await peer.refused('put_blob', one)).toMatchObject({
      code: 'input_too_large',
      message: expect.stringContaining('20 MiB'),
      mend: expect.stringContaining('file'),
    })
    expect((await peer.must('put_blob', { ...one, data: '' })).hash).toBe(hashOf(bytes))
  })

  it('is held, with all others, in a bounded memory that its end sets free', async () => {
    const small = openGateway({ limits: { blobTotalBytes: 1000 } })
    const [one, two] = [await joined(small.gateway), await joined(small.gateway)]
    const bytes = bytesOf(900)
    await one.must('put_blob', { ...piece('u', bytes, 0), done: false })
    const full = { code: 'upload_busy', retryable: true }
    expect(await two.refused('put_blob', piece('v', bytes, 0))).toMatchObject(full)
    await two.must('put_blob', piece('v', bytesOf(100), 0))
    await two.must('put_blob', { ...piece('w', bytesOf(100), 0), done: false })
    expect(await one.refused('put_blob', { ...piece('u', bytesOf(1000), 900), done: true })).toMatchObject(full)
    two.connection.close()
    await one.must('health', {})
    expect((await one.must('put_blob', { ...piece('u', bytesOf(1000), 900), done: true })).size_bytes).toBe(1000)
    const three = await joined(small.gateway)
    await three.must('put_blob', { ...piece('x', bytesOf(1000), 0), done: false })
    await small.gateway.close()
  })
})

describe('a blob that is fetched', () => {
  it('is any of this log, in pieces; at its end there is nothing', async () => {
    const bytes = bytesOf(PIECE + 10)
    const hash = await log.blobs.put(bytes)
    expect(await get(hash)).toEqual(bytes)
    for (const offset of [bytes.length, bytes.length + 1, 2 ** 40])
      expect(await peer.must('get_blob', { hash, offset })).toEqual({ data: '', size_bytes: bytes.length })
    expect(Buffer.from((await peer.must('get_blob', { hash, offset: PIECE })).data, 'base64')).toEqual(
      bytes.subarray(PIECE),
    )
  })

  it('that is not there is refused', async () => {
    expect(await peer.refused('get_blob', { hash: 'a'.repeat(64), offset: 0 })).toMatchObject({
      code: 'blob_not_found',
    })
    expect(await peer.refused('get_blob', { hash: 'a', offset: 0 })).toMatchObject({ code: 'bad_frame' })
  })

  /** A gateway over the same log that counts its reads, with room for `blobTotalBytes`. */
  const counted = (blobTotalBytes: number) => {
    const reads = { all: 0, atOnce: 0, mostAtOnce: 0 }
    const get = async (hash: BlobHash) => {
      reads.all += 1
      reads.mostAtOnce = Math.max(reads.mostAtOnce, ++reads.atOnce)
      const bytes = await log.blobs.get(hash)
      reads.atOnce -= 1
      return bytes
    }
    const counting = Object.assign(Object.create(log), { blobs: { ...log.blobs, get } })
    return { reads, ...openGateway({ log: counting, limits: { blobTotalBytes } }) }
  }

  it('is read from the log once', async () => {
    const { gateway, reads } = counted(3 * PIECE)
    const other = await joined(gateway)
    const hash = await log.blobs.put(bytesOf(2 * PIECE + 1))
    for (const offset of [0, PIECE, 2 * PIECE]) await other.must('get_blob', { hash: blobHash(hash), offset })
    expect(reads.all).toBe(1)
    await gateway.close()
  })

  it('is refused where there is no room to hold it, until another one has come to its end', async () => {
    const { gateway } = counted(3 * PIECE)
    const [one, two] = [await joined(gateway), await joined(gateway)]
    const hash = await log.blobs.put(bytesOf(2 * PIECE))
    await one.must('get_blob', { hash, offset: 0 })
    const full = { code: 'upload_busy', retryable: true, mend: expect.stringContaining('again') }
    for (const offset of [0, PIECE]) expect(await two.refused('get_blob', { hash, offset })).toMatchObject(full)
    await one.must('get_blob', { hash, offset: PIECE })
    expect((await two.must('get_blob', { hash, offset: 0 })).size_bytes).toBe(2 * PIECE)
    two.connection.close()
    await one.must('health', {})
    expect((await one.must('get_blob', { hash, offset: 0 })).size_bytes).toBe(2 * PIECE)
    await gateway.close()
  })

  it('is read after the others, so that only one is held that there may be no room for', async () => {
    const { gateway, reads } = counted(PIECE)
    const hash = await log.blobs.put(bytesOf(2 * PIECE))
    const peers = await Promise.all(Array.from({ length: 8 }, () => joined(gateway)))
    const refusals = await Promise.all(peers.map((each) => each.refused('get_blob', { hash, offset: 0 })))
    expect(refusals.map(({ code }) => code)).toEqual(peers.map(() => 'upload_busy'))
    expect(reads).toEqual({ all: 8, atOnce: 0, mostAtOnce: 1 })
    await gateway.close()
  })
})
