import type { StoredEvent } from '@nacre/types'
import { eventVersion, type NewSessionEvent, type SessionEvent } from './event.js'

/** Gives events the places and times that a log would give them: seq in steps of 3, a second apart. */
export const stored = (events: readonly NewSessionEvent[], after = 0): SessionEvent[] =>
  events.map((event, index) => ({ ...event, ...place(event.type, after + (index + 1) * 3) }))

const place = (type: string, seq: number): Pick<StoredEvent, 'seq' | 'at' | 'v'> => ({
  seq,
  at: 1_700_000_000_000 + seq * 1000,
  v: eventVersion(type),
})
