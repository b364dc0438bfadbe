import type { RecordAck } from '@nacre/runtime'
import { EVENT_CLASS, type LiftedEvent, lift, type NewSessionEvent } from '@nacre/session'
import { type Log, PAGE_LIMIT, type Seq, type StreamName } from '@nacre/types'

/** Writes one engine's events behind what it has seen of a session. */
export type Writer = {
  /** Appends all, or, where the log has moved on, only the outcomes behind what is new; 'lost' to a higher claim or a deletion. */
  write(events: readonly NewSessionEvent[]): Promise<RecordAck | 'lost'>
}

export function createWriter(log: Log, stream: StreamName, epoch: number, seen: Seq): Writer {
  let head = seen

  const tryAppend = async (events: readonly NewSessionEvent[]): Promise<LiftedEvent[] | 'conflict'> => {
    const result = await log.append(stream, events, { expectedSeq: head })
    if (result.type === 'conflict') return 'conflict'
    const stored = result.events.map((event) => lift(event))
    head = stored.at(-1)?.seq ?? head
    return stored
  }

  const readNews = async (): Promise<LiftedEvent[]> => {
    const news = await readAfter(log, stream, head)
    head = news.at(-1)?.seq ?? head
    return news
  }

  return {
    async write(events) {
      if (events.length === 0) return { accepted: true, events: [] }
      const stored = await tryAppend(events)
      if (stored !== 'conflict') return { accepted: true, events: stored }
      const outcomes = events.filter((event) => EVENT_CLASS[event.type] === 'outcome')
      const all: LiftedEvent[] = []
      for (;;) {
        const news = await readNews()
        if (news.some((event) => isHigherClaim(event, epoch) || event.type === 'session.deleted')) return 'lost'
        all.push(...news)
        const written = outcomes.length > 0 ? await tryAppend(outcomes) : []
        if (written !== 'conflict') return { accepted: outcomes.length === events.length, events: [...all, ...written] }
      }
    },
  }
}

const isHigherClaim = (event: LiftedEvent, epoch: number) =>
  event.type === 'session.claimed' && 'epoch' in event && event.epoch > epoch

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
