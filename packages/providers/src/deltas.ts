import type { ModelEvent } from '@nacre/types'

/**
 * Events that wait to be taken. Of deltas that say the same thing on it makes one: whoever shows an answer pays for
 * each, and a fast vendor sends a hundred words at once.
 */
export type Deltas = {
  say(type: 'text' | 'reasoning', text: string): void
  /** More arguments of the `index`-th call; `name` is empty but in the first of a call. */
  addArgs(index: number, name: string, text: string): void
  /** An event that is joined with none. */
  push(event: ModelEvent): void
  take(): ModelEvent | undefined
  drop(): void
  readonly size: number
}

type Delta = { type: 'text' | 'reasoning'; text: string } | { type: 'args'; index: number; name: string; text: string }

export function newDeltas(): Deltas {
  const waiting: ModelEvent[] = []
  /** The last that waits, if it may grow. */
  let last: Delta | undefined

  function add(delta: Delta): void {
    last = delta
    waiting.push(delta)
  }
  return {
    say(type, text) {
      if (last?.type === type) last.text += text
      else add({ type, text })
    },
    addArgs(index, name, text) {
      if (last?.type === 'args' && last.index === index) last.text += text
      else add({ type: 'args', index, name, text })
    },
    push(event) {
      last = undefined
      waiting.push(event)
    },
    take() {
      const event = waiting.shift()
      if (event === last) last = undefined
      return event
    },
    drop() {
      last = undefined
      waiting.length = 0
    },
    get size() {
      return waiting.length
    },
  }
}
