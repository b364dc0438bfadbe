/** Bytes that all clients of a gateway may hold together. */
export type Budget = {
  /** False, and nothing taken, where there is no room for them. */
  take(bytes: number): boolean
  give(bytes: number): void
  /** Does `work` once the work before it has ended: for who learns only by holding bytes how many they are. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
}

export function createBudget(limitBytes: number): Budget {
  let held = 0
  let before: Promise<unknown> = Promise.resolve()

  return {
    take(bytes) {
      if (held + bytes > limitBytes) return false
      held += bytes
      return true
    },
    give(bytes) {
      held -= bytes
    },
    inTurn(work) {
      const done = before.then(work)
      before = done.catch(() => undefined)
      return done
    },
  }
}
