import type { RecordAck } from '@nacre/runtime'
import { EVENT_CLASS, type LiftedEvent, lift, type NewSessionEvent } from '@nacre/session'
import { type Log, PAGE_LIMIT, type Seq, type StreamName } from '@nacre/types'
import type { Hold } from './hold.js'

/** Writes one engine's events behind what it has seen of a session. */
export type Writer = {
  /**
   * Appends all, or, where the log has moved on, only the outcomes behind what is new; 'lost' to another engine's claim or
   * a deletion. What the hold still owes the log goes first.
   */
  write(events: readonly NewSessionEvent[]): Promise<RecordAck | 'lost'>
}

export function createWriter(log: Log, hold: Hold, seen: Seq): Writer {
  const { stream } = hold
  let head = seen

  const tryAppend = async (events: readonly NewSessionEvent[]): Promise<LiftedEvent[] | 'conflict'> => {
    const owed = hold.owed()
    const result = await log.append(stream, [...owed, ...events], { expectedSeq: head })
    if (result.type === 'conflict') return 'conflict'
    head = result.events.at(-1)?.seq ?? head
    if (owed.length > 0) await hold.stands()
    return result.events.map((event) => lift(event))
  }

  const readNews = async (): Promise<LiftedEvent[]> => {
    const news = await readAfter(log, stream, head)
    head = news.at(-1)?.seq ?? head
    return news
  }

  return {
    async write(events) {
      if (events.length === 0) return { moved: false, events: [] }
      const stored = await tryAppend(events)
      if (stored !== 'conflict') return { moved: false, events: stored }
      const outcomes = events.filter((event) => EVENT_CLASS[event.type] === 'outcome')
      const all: LiftedEvent[] = []
      for (;;) {
        const news = await readNews()
        if (news.some((event) => isOthersClaim(event, hold.epoch) || event.type === 'session.deleted')) return 'lost'
        all.push(...news)
        const written = outcomes.length > 0 ? await tryAppend(outcomes) : []
        if (written !== 'conflict') return { moved: true, events: [...all, ...written] }
      }
    },
  }
}

/** One of our own is never behind what we have seen, so the same epoch is somebody else's, who was quicker. */
const isOthersClaim = (event: LiftedEvent, epoch: number) =>
  event.type === 'session.claimed' && 'epoch' in event && event.epoch >= epoch

/** Everything in the stream after `after`. */
export async function readAfter(log: Log, stream: StreamName, after: Seq): Promise<LiftedEvent[]> {
  const events: LiftedEvent[] = []
  for (let cursor = after; ; ) {
    const page = await log.read(stream, { after: cursor, limit: PAGE_LIMIT })
    events.push(...page.events.map((event) => lift(event)))
    cursor = page.events.at(-1)?.seq ?? cursor
    if (page.end) return events
  }
}
