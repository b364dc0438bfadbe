import type { BlobHash } from '@nacre/types'

const KEPT = 1024
const HASH = /[0-9a-f]{64}/g

/** Everything in a text that may be the name of a blob. */
export const hashesIn = (text: string): readonly BlobHash[] => (text.match(HASH) ?? []) as BlobHash[]

/**
 * Blobs that were put, and that no event has named since: whoever put them is about to. A purge leaves them alone, also
 * where it takes away the only event that names the same bytes. The newest 1,024 that this process has seen.
 */
export function createUnnamed() {
  const hashes = new Set<BlobHash>()

  return {
    put(hash: BlobHash): void {
      // Deleted first, so that it is the newest.
      hashes.delete(hash)
      hashes.add(hash)
      const [oldest] = hashes
      if (hashes.size > KEPT && oldest !== undefined) hashes.delete(oldest)
    },
    named(body: string): void {
      if (hashes.size > 0) for (const hash of hashesIn(body)) hashes.delete(hash)
    },
    has: (hash: BlobHash): boolean => hashes.has(hash),
  }
}
export type Unnamed = ReturnType<typeof createUnnamed>
