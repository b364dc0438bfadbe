import { createHash } from 'node:crypto'
import { type BlobHash, blobHash } from '@nacre/types'
import { BLOB_BYTES } from './format.js'

export type Fields = Readonly<Record<string, unknown>>
type Blob = { readonly type: 'blob'; readonly hash: BlobHash; readonly bytes: Uint8Array }

export const HASH = /^[0-9a-f]{64}$/

/** Puts blobs together from their pieces. `take` says what is wrong, or gives the blob, or `more` while it is not whole. */
export function createPieces() {
  let begun: { readonly hash: string; readonly size: number } | undefined
  let pieces: Buffer[] = []
  let has = 0

  const whole = (): Blob | string => {
    const bytes = Buffer.concat(pieces)
    const { hash, size } = begun ?? { hash: '', size: -1 }
    begun = undefined
    pieces = []
    has = 0
    const is = createHash('sha256').update(bytes).digest('hex')
    return bytes.length === size && is === hash
      ? { type: 'blob', hash: blobHash(hash), bytes }
      : 'a blob is not what its hash says'
  }
  return {
    isOpen: () => begun !== undefined,
    take({ blob: hash, offset, size, data, ...more }: Fields): Blob | 'more' | string {
      const shaped = typeof hash === 'string' && HASH.test(hash) && typeof data === 'string' && isCount(size)
      if (!shaped || Object.keys(more).length > 0) return 'a piece of a blob is not whole'
      if (size > BLOB_BYTES) return `a blob has more than ${BLOB_BYTES} bytes`
      begun ??= { hash, size }
      if (begun.hash !== hash || begun.size !== size || has !== offset) return 'a piece of a blob is out of place'
      const bytes = Buffer.from(data, 'base64')
      if (bytes.toString('base64') !== data || (bytes.length === 0 && size > 0)) return 'a piece of a blob is no base64'
      pieces.push(bytes)
      has += bytes.length
      return has < size ? 'more' : whole()
    },
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
