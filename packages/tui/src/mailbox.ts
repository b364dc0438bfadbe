/** Where everything that happens meets, in order: many post, one takes all that has come since it last looked. */
export type Mailbox<T> = { post(item: T): void; next(): Promise<readonly T[]> }

export function createMailbox<T>(): Mailbox<T> {
  let items: T[] = []
  let wake: (() => void) | undefined
  return {
    post(item) {
      items.push(item)
      wake?.()
    },
    async next() {
      if (items.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      const batch = items
      items = []
      return batch
    },
  }
}
