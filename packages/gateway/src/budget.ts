/** Bytes that all clients of a gateway may hold together. */
export type Budget = {
  /** False, and nothing taken, where there is no room for them. */
  take(bytes: number): boolean
  give(bytes: number): void
}

export function createBudget(limitBytes: number): Budget {
  let held = 0

  return {
    take(bytes) {
      if (held + bytes > limitBytes) return false
      held += bytes
      return true
    },
    give(bytes) {
      held -= bytes
    },
  }
}
