import { orAborted } from '@nacre/kit'
import type { Head, Seq, StreamName } from '@nacre/types'

/** The newest head of each stream that one feed has not told yet, in the order of seq: bounded by the streams there are. */
export function createChanges() {
  let heads = new Map<StreamName, Head>()
  let failure: unknown
  let wake: (() => void) | undefined
  const stir = () => {
    wake?.()
    wake = undefined
  }

  return {
    changed(head: Head): void {
      // Deleted first, so that it moves to the end: the order stays that of seq, and a cursor can be taken anywhere.
      heads.delete(head.stream)
      heads.set(head.stream, head)
      stir()
    },
    /** Heads as they were read, under what has changed since. */
    merge(read: readonly Head[]): void {
      const newest = new Map(read.map((head) => [head.stream, head]))
      for (const head of heads.values())
        if (head.seq > (newest.get(head.stream)?.seq ?? 0)) newest.set(head.stream, head)
      heads = new Map([...newest].toSorted(([, a], [, b]) => a.seq - b.seq))
    },
    take(): Head | undefined {
      if (failure !== undefined) throw failure
      const [head] = heads.values()
      if (head !== undefined) heads.delete(head.stream)
      return head
    },
    next: (): Promise<void> =>
      new Promise((resolve) => {
        wake = resolve
      }),
    fail(error: unknown): void {
      failure ??= error
      stir()
    },
    stir,
  }
}
export type Changes = ReturnType<typeof createChanges>

export async function* feed(
  from: Seq,
  changes: Changes,
  read: () => Promise<readonly Head[]>,
  signal: AbortSignal,
): AsyncGenerator<Head, void, undefined> {
  signal.addEventListener('abort', changes.stir, { once: true })
  const heads = await orAborted(read(), signal)
  if (heads === 'aborted') return
  changes.merge(heads.filter((head) => head.seq > from))
  while (!signal.aborted) {
    const head = changes.take()
    if (head === undefined) await changes.next()
    else yield head
  }
}
