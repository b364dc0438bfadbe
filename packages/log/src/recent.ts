import type { Head, Page, Seq, StreamName } from '@nacre/types'
import type { Commit, Span, Weighed } from './store.js'

/** What is kept: of one stream, and of all. */
const STREAM_LIMIT = { events: 128, bytes: 64 * 1024 } as const
const ALL_LIMIT = { streams: 512, bytes: 4 * 1024 * 1024 } as const

/** `events` are all that the stream has behind `after`. The head is known since they were written, not if they were looked for. */
type Known = {
  readonly head?: Head
  readonly after: Seq
  readonly events: readonly Weighed[]
  readonly bytes: number
}

/**
 * The ends of the streams that were last written, in memory: an engine, a gateway and their followers, all of which have just
 * been told of an append, need not ask the store for it.
 */
export function createRecent() {
  const streams = new Map<StreamName, Known>()
  let bytes = 0
  let commits = 0

  const forget = (stream: StreamName): void => {
    bytes -= streams.get(stream)?.bytes ?? 0
    streams.delete(stream)
  }
  const keep = (stream: StreamName, known: Known): void => {
    forget(stream)
    streams.set(stream, known)
    bytes += known.bytes
    for (const oldest of streams.keys()) {
      if (streams.size <= ALL_LIMIT.streams && bytes <= ALL_LIMIT.bytes) return
      forget(oldest)
    }
  }

  return {
    committed({ stream, head, events }: Commit): void {
      commits += 1
      const before = streams.get(stream) ?? { after: (events?.[0]?.event.seq ?? head.seq + 1) - 1, events: [] }
      if (events === undefined || head.deleted) forget(stream)
      else keep(stream, { head, ...newestOf(before.after, [...before.events, ...events]) })
    },
    /** How much was committed so far: for `lookedFor`. */
    get commits() {
      return commits
    },
    /** The store has nothing in a stream behind `after`, if nothing was committed since it was asked, with `asked` commits. */
    lookedFor(stream: StreamName, after: Seq, asked: number): void {
      if (asked === commits && !streams.has(stream)) keep(stream, { after, events: [], bytes: 0 })
    },
    head: (stream: StreamName): Head | undefined => streams.get(stream)?.head,
    /** The page, where all of its range is known: it goes on to the stream's end. */
    read(span: Span): Page | undefined {
      const { stream, after, limit, maxBytes } = span
      const known = streams.get(stream)
      if (known === undefined || !reachesEnd(span) || after < known.after) return undefined
      const within = known.events.filter(({ event }) => event.seq > after)
      // A range that takes more than one page is the store's.
      const size = within.reduce((sum, event) => sum + event.bytes, 0)
      if (within.length > limit || size > maxBytes) return undefined
      return { events: within.map(({ event }) => event), end: true }
    },
    clear(): void {
      streams.clear()
      bytes = 0
    },
  }
}

/** Whether a range goes on to whatever the stream ends with. */
export const reachesEnd = ({ before, newestFirst }: Span): boolean => !newestFirst && before === Number.MAX_SAFE_INTEGER

/** The newest events that are within the limit. */
function newestOf(after: Seq, events: readonly Weighed[]): Known {
  let bytes = 0
  let from = events.length
  while (from > 0 && events.length - from < STREAM_LIMIT.events) {
    const weight = events[from - 1]?.bytes ?? 0
    if (bytes + weight > STREAM_LIMIT.bytes) break
    bytes += weight
    from -= 1
  }
  return { after: events[from - 1]?.event.seq ?? after, events: events.slice(from), bytes }
}
