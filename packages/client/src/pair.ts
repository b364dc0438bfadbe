import type { Connection } from './port.js'

/** One end of a pair. `send` resolves once the other end has taken the frame, so that a sender can bound what waits. */
export type PairEnd = Omit<Connection, 'send'> & { send(frame: string): Promise<void> }

/**
 * A connection inside one process: what one end sends the other receives, in order. When either closes, both end after
 * what was sent before.
 */
export function connectionPair(): { readonly client: PairEnd; readonly server: PairEnd } {
  const up = createLane()
  const down = createLane()
  const close = () => {
    up.end()
    down.end()
  }
  return {
    client: { send: up.send, messages: down.messages(close), close },
    server: { send: down.send, messages: up.messages(close), close },
  }
}

function createLane() {
  const waiting: { frame: string; taken: () => void }[] = []
  let ended = false
  let wake: (() => void) | undefined
  const stir = () => {
    wake?.()
    wake = undefined
  }
  const next = async (): Promise<IteratorResult<string, undefined>> => {
    while (waiting.length === 0 && !ended) await new Promise<void>((resolve) => (wake = resolve))
    const entry = waiting.shift()
    entry?.taken()
    return entry === undefined ? { done: true, value: undefined } : { done: false, value: entry.frame }
  }

  return {
    send: (frame: string): Promise<void> => {
      if (ended) return Promise.resolve()
      const taken = new Promise<void>((resolve) => waiting.push({ frame, taken: resolve }))
      stir()
      return taken
    },
    end(): void {
      ended = true
      stir()
    },
    messages: (leave: () => void): AsyncIterable<string> => ({
      [Symbol.asyncIterator]: () => ({
        next,
        async return() {
          leave()
          for (const entry of waiting.splice(0)) entry.taken()
          return { done: true, value: undefined }
        },
      }),
    }),
  }
}
