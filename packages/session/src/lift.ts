import type { NewEvent, StoredEvent } from '@nacre/types'
import { EVENT_CLASS, type EventType, eventVersion, type SessionEvent } from './event.js'

/** An event that this code does not know: shown as such by faces, and a reason for an engine not to drive. */
export type UnknownEvent = StoredEvent & { readonly unknown: true }
export type LiftedEvent = SessionEvent | UnknownEvent

/** Lifts an event's fields by one version. Keyed by `<type>@<version it starts from>`. */
export type Upcasters = Readonly<Record<string, (event: NewEvent) => NewEvent>>

/** What was asked before approvals were bound to arguments carries no hash, and no call's hash is that one. */
const UPCASTERS: Upcasters = {
  'approval.requested@1': (event) => ({ ...event, hash: '' }),
  'approval.resolved@1': (event) => ({ ...event, hash: '', scope: 'once' }),
}

/** Brings a stored event to the shape that this code writes, by pure upcasters; what it cannot lift is `unknown`. */
export function lift(stored: StoredEvent, upcasters = UPCASTERS, version = eventVersion): LiftedEvent {
  if (!isKnown(stored.type) || stored.v > version(stored.type)) return { ...stored, unknown: true }
  let event = stored
  while (event.v < version(event.type)) {
    const up = upcasters[`${event.type}@${event.v}`]
    if (up === undefined) return { ...stored, unknown: true }
    event = { ...up(event), seq: stored.seq, at: stored.at, v: event.v + 1 }
  }
  return event as SessionEvent
}

export const isUnknown = (event: LiftedEvent): event is UnknownEvent => 'unknown' in event

const isKnown = (type: string): type is EventType => Object.hasOwn(EVENT_CLASS, type)
