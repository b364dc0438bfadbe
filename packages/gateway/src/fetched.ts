import type { BlobHash, Log } from '@nacre/types'
import type { Budget } from './budget.js'

/**
 * The blob that a connection reads in pieces, so that it is not read anew for each. How large a blob is, only its bytes
 * say: so one at a time is read, and what there is no room for is let go before the next one is.
 */
export function createFetched(budget: Budget) {
  let kept: { readonly hash: BlobHash; readonly bytes: Uint8Array } | undefined

  const letGo = () => {
    budget.give(kept?.bytes.length ?? 0)
    kept = undefined
  }

  return {
    async get(log: Log, hash: BlobHash): Promise<Uint8Array | 'gone' | 'no room'> {
      if (kept?.hash === hash) return kept.bytes
      letGo()
      return budget.inTurn(async () => {
        const bytes = await log.blobs.get(hash)
        if (bytes === undefined) return 'gone'
        if (!budget.take(bytes.length)) return 'no room'
        kept = { hash, bytes }
        return bytes
      })
    },
    letGo,
  }
}
export type Fetched = ReturnType<typeof createFetched>
