import type { ServerFrame } from '@nacre/types'
import type { Connection } from './connection.js'

/** What is on its way to one client, in bytes. Nothing waits here: who finds it full waits for room, or does without. */
export type Outbox = {
  readonly full: boolean
  send(frame: ServerFrame): void
  /** Resolves when there is room. */
  room(): Promise<void>
}

/** `budgetBytes` is asked each time: what one client may hold depends on how many there are. */
export function createOutbox(connection: Connection, budgetBytes: () => number): Outbox {
  let inFlight = 0
  let waiting: (() => void)[] = []
  const full = () => inFlight >= budgetBytes()

  const left = (bytes: number) => {
    inFlight -= bytes
    if (full()) return
    const wake = waiting
    waiting = []
    for (const resolve of wake) resolve()
  }

  return {
    get full() {
      return full()
    },
    send(frame) {
      const text = JSON.stringify(frame)
      const bytes = Buffer.byteLength(text)
      inFlight += bytes
      const done = () => left(bytes)
      // A connection that fails, by throwing too, says so by ending its messages; what it lost weighs nothing any more.
      new Promise<void>((resolve) => resolve(connection.send(text))).then(done, done)
    },
    async room() {
      while (full()) await new Promise<void>((resolve) => waiting.push(resolve))
    },
  }
}
