import type { BlobHash, Log } from '@nacre/types'
import type { Budget } from './budget.js'

/** The blob that a connection reads in pieces, so that it is not read anew for each: as long as there is room for it. */
export function createFetched(budget: Budget) {
  let kept: { readonly hash: BlobHash; readonly bytes: Uint8Array } | undefined

  const letGo = () => {
    budget.give(kept?.bytes.length ?? 0)
    kept = undefined
  }

  return {
    async get(log: Log, hash: BlobHash): Promise<Uint8Array | undefined> {
      if (kept?.hash === hash) return kept.bytes
      letGo()
      const bytes = await log.blobs.get(hash)
      if (bytes !== undefined && budget.take(bytes.length)) kept = { hash, bytes }
      return bytes
    },
    letGo,
  }
}
export type Fetched = ReturnType<typeof createFetched>
