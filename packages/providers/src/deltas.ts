import type { ModelEvent } from '@nacre/types'

/**
 * Events that wait to be taken. Of deltas that say the same thing on it makes one: whoever shows an answer pays for
 * each, and a fast vendor sends a hundred words at once.
 */
export type Deltas = {
  readonly waiting: ModelEvent[]
  /** The last that waits, if it may grow. */
  last: Delta | undefined
}
type Delta = { type: 'text' | 'reasoning'; text: string } | { type: 'args'; index: number; name: string; text: string }

export const newDeltas = (): Deltas => ({ waiting: [], last: undefined })

export function say(deltas: Deltas, type: 'text' | 'reasoning', text: string): void {
  const { last } = deltas
  if (last?.type === type) last.text += text
  else push(deltas, { type, text })
}

/** More arguments of the `index`-th call; `name` is empty but in the first of a call. */
export function sayArgs(deltas: Deltas, index: number, name: string, text: string): void {
  const { last } = deltas
  if (last?.type === 'args' && last.index === index) last.text += text
  else push(deltas, { type: 'args', index, name, text })
}

function push(deltas: Deltas, delta: Delta): void {
  deltas.last = delta
  deltas.waiting.push(delta)
}

/** Adds an event that no other is joined with. */
export function pushWhole(deltas: Deltas, event: ModelEvent): void {
  deltas.last = undefined
  deltas.waiting.push(event)
}

export function takeDelta(deltas: Deltas): ModelEvent | undefined {
  const { waiting } = deltas
  const event = waiting.length < 2 ? waiting.pop() : waiting.shift()
  if (event === deltas.last) deltas.last = undefined
  return event
}

/** Takes all that wait. */
export function takeDeltas(deltas: Deltas): readonly ModelEvent[] {
  deltas.last = undefined
  return deltas.waiting.splice(0)
}
