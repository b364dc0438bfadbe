import type { Head, Seq, StreamName } from '@nacre/types'

const KEPT = 1024

/** What a stream ends with. A deleted one ends for good, with the event at `seq`. */
export type Tail =
  | { readonly type: 'none' }
  | { readonly type: 'live'; readonly head: Head }
  | { readonly type: 'deleted'; readonly seq: Seq }

/**
 * The tails of the 1,024 streams that were last written to, so that an append asks no table. They are trusted because this
 * connection alone writes, and has read or written each of them itself. Whoever changes heads otherwise drops them here.
 */
export function createTails() {
  const tails = new Map<StreamName, Tail>()

  return {
    of: (stream: StreamName): Tail | undefined => tails.get(stream),
    keep(stream: StreamName, tail: Tail): Tail {
      // Deleted first, so that it is the newest.
      tails.delete(stream)
      tails.set(stream, tail)
      const [oldest] = tails.keys()
      if (tails.size > KEPT && oldest !== undefined) tails.delete(oldest)
      return tail
    },
    drop: (stream: StreamName) => void tails.delete(stream),
    /** What a transaction that failed has left is for SQLite to say. */
    clear: () => tails.clear(),
  }
}
export type Tails = ReturnType<typeof createTails>
