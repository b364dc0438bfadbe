import {
  eventVersion,
  fold,
  type LiftedEvent,
  lift,
  type NewSessionEvent,
  type SessionState,
  type TransientEvent,
} from '@nacre/session'
import { APPEND_LIMIT, type Millis } from '@nacre/types'

/**
 * What a turn yields: events to be written as one append, or something to show. The driver answers a record with what
 * the log came to hold since the last one; whoever just iterates answers nothing, and every record counts as written.
 */
export type TurnItem = { readonly type: 'record'; readonly events: readonly NewSessionEvent[] } | TransientEvent
export type RecordAck = {
  /** The log had moved on, so the decisions were dropped; the outcomes stand behind what is new. */
  readonly moved: boolean
  /** What the log came to hold: what was recorded, and what others, or the driver itself, put before it. */
  readonly events: readonly LiftedEvent[]
}
export type TurnStream<Result> = AsyncGenerator<TurnItem, Result, RecordAck | undefined>

/** The state of a turn that is being run: what the log holds, and the outcomes that ride with the next record. */
export type Draft = {
  /** The state with the riding outcomes taken in. */
  readonly view: () => SessionState
  readonly ride: (...outcomes: readonly NewSessionEvent[]) => void
  readonly riding: () => boolean
  /** Yields the riding outcomes and `decisions` as one record. False: decide again. */
  readonly record: (...decisions: readonly NewSessionEvent[]) => TurnStream<boolean>
}

export function createDraft(start: SessionState, now: () => Millis): Draft {
  let written = start
  let viewed = start
  let riding: readonly NewSessionEvent[] = []

  /** True: the log had moved on. */
  async function* write(events: readonly NewSessionEvent[]): TurnStream<boolean> {
    const ack = yield { type: 'record', events }
    written = fold(ack?.events ?? stamped(events, written, now()), written)
    return ack?.moved ?? false
  }

  return {
    view: () => viewed,
    ride: (...outcomes) => {
      riding = [...riding, ...outcomes]
      viewed = fold(stamped(outcomes, viewed, now()), viewed)
    },
    riding: () => riding.length > 0,
    async *record(...decisions) {
      const records = chunked(riding)
      const last = fitBeside(decisions, records.at(-1)) ? (records.pop() ?? []) : []
      riding = []
      let moved = false
      for (const events of records) moved = (yield* write(events)) || moved
      // Whoever decided did not know what has come in between.
      const rest = moved ? last : [...last, ...decisions]
      if (rest.length > 0) moved = (yield* write(rest)) || moved
      viewed = written
      return !moved
    },
  }
}

const RECORD = { events: 32, bytes: 96 * 1024 }

const bytesOf = (events: readonly NewSessionEvent[]) => Buffer.byteLength(JSON.stringify(events))

/** An answer from outside may fill an append by itself. */
const fitBeside = (decisions: readonly NewSessionEvent[], outcomes: readonly NewSessionEvent[] = []): boolean =>
  bytesOf(decisions) + bytesOf(outcomes) <= APPEND_LIMIT.bytes

/** Outcomes that together would not fit into one append go into several: they are true one by one. */
function chunked(outcomes: readonly NewSessionEvent[]): NewSessionEvent[][] {
  const chunks: NewSessionEvent[][] = []
  let room = 0
  for (const event of outcomes) {
    const size = Buffer.byteLength(JSON.stringify(event))
    const chunk = chunks.at(-1)
    if (chunk && chunk.length < RECORD.events && size <= room) chunk.push(event)
    else chunks.push([event])
    room = (chunks.at(-1)?.length === 1 ? RECORD.bytes : room) - size
  }
  return chunks
}

/** Gives events the place that a log would give them. */
export const stamped = (events: readonly NewSessionEvent[], state: SessionState, at: Millis): LiftedEvent[] =>
  events.map((event, index) => lift({ ...event, seq: state.seq + index + 1, at, v: eventVersion(event.type) }))
