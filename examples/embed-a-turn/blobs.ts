import { createHash } from 'node:crypto'
import { type BlobHash, type Blobs, blobHash } from '@nacre/types'

/** Bytes by their hash. With a log they lie beside it on the disk; in a program that keeps nothing, a Map will do. */
export function memoryBlobs(): Blobs {
  const kept = new Map<BlobHash, Uint8Array>()
  return {
    async put(bytes) {
      const hash = blobHash(createHash('sha256').update(bytes).digest('hex'))
      kept.set(hash, bytes)
      return hash
    },
    get: async (hash) => kept.get(hash),
    drop: async (hash) => void kept.delete(hash),
  }
}
