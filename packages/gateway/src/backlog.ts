import { isTransient, type TransientEvent } from '@nacre/session'
import type { Transient } from '@nacre/types'

/** Transients that wait for room, adjacent ones joined. When they grow beyond the limit all of them are lost. */
export type Backlog = {
  readonly empty: boolean
  readonly lost: boolean
  add(event: Transient): void
  /** The oldest one, taken out. */
  take(): Transient | undefined
}

const ENTRY_BYTES = 128

export function createBacklog(limitBytes: number): Backlog {
  let events: Transient[] = []
  let bytes = 0
  let lost = false

  return {
    get empty() {
      return events.length === 0 && !lost
    },
    get lost() {
      return lost
    },
    add(event) {
      if (lost) return
      const last = events.at(-1)
      const joined = last && join(last, event)
      if (joined) events[events.length - 1] = joined
      else events.push(event)
      bytes += joined && 'text' in event ? String(event.text).length : ENTRY_BYTES + JSON.stringify(event).length
      if (bytes <= limitBytes) return
      events = []
      lost = true
    },
    take() {
      const event = events.shift()
      if (events.length === 0) bytes = 0
      return event
    },
  }
}

/** Two transients as one, where the second goes on exactly where the first ends. */
export function join(first: Transient, second: Transient): TransientEvent | undefined {
  if (!isTransient(first) || !isTransient(second)) return undefined
  if (first.type === 'tool.progress') {
    const same = second.type === 'tool.progress' && second.call === first.call && second.stream === first.stream
    return same ? { ...first, text: first.text + second.text } : undefined
  }
  if (first.type === 'step.snapshot' || second.type !== first.type || second.step !== first.step) return undefined
  if (first.type === 'args.delta' && second.type === 'args.delta' && second.index !== first.index) return undefined
  return second.offset === first.offset + first.text.length ? { ...first, text: first.text + second.text } : undefined
}
