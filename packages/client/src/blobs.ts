import { type BlobHash, type Commands, type CommandType, Fault, PROTOCOL_LIMITS, type Replies } from '@nacre/types'
import { fromBase64, toBase64 } from './base64.js'
import type { Client } from './port.js'
import { GatewayRefusal } from './refusal.js'

type Request = <T extends CommandType>(type: T, payload: Commands[T]) => Promise<Replies[T]>

/** An upload ends with its connection, so it may have to begin again; not for ever. */
const ATTEMPTS = 5
const PIECE = PROTOCOL_LIMITS.pieceBytes

/** Blobs in pieces, sent one after the other: a connection takes one upload at a time. */
export function createBlobCalls(request: Request, id: () => string): Pick<Client, 'putBlob' | 'getBlob'> {
  let before: Promise<unknown> = Promise.resolve()

  const sendAll = async (bytes: Uint8Array): Promise<BlobHash> => {
    const upload = id()
    for (let offset = 0; ; offset += PIECE) {
      const done = offset + PIECE >= bytes.length
      const data = toBase64(bytes.subarray(offset, offset + PIECE))
      const { hash } = await request('put_blob', { upload, offset, data, done })
      if (hash !== undefined) return hash
    }
  }
  const persist = async (bytes: Uint8Array): Promise<BlobHash> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await sendAll(bytes)
      } catch (error) {
        if (!wasCut(error) || attempt === ATTEMPTS) throw error
      }
    }
  }

  return {
    async putBlob(bytes, { mediaType, preview }) {
      if (bytes.length > PROTOCOL_LIMITS.blobBytes) throw tooLarge(bytes.length)
      const sending = before.then(() => persist(bytes))
      before = sending.catch(() => undefined)
      return { type: 'blob', hash: await sending, mediaType, sizeBytes: bytes.length, preview }
    },
    async getBlob(hash) {
      let bytes: Uint8Array | undefined
      for (let offset = 0; ; ) {
        const { data, size_bytes } = await request('get_blob', { hash, offset })
        const piece = fromBase64(data)
        bytes ??= new Uint8Array(size_bytes)
        bytes.set(piece, offset)
        offset += piece.length
        if (offset >= size_bytes || piece.length === 0) return bytes
      }
    },
  }
}

const wasCut = (error: unknown): boolean => error instanceof GatewayRefusal && error.gateway === 'upload_out_of_order'

const tooLarge = (bytes: number) =>
  new Fault('limit_exceeded', `A blob that is sent has at most ${PROTOCOL_LIMITS.blobBytes} bytes, not ${bytes}.`, {
    mend: 'Put it into a file of the workspace and name the file.',
  })
