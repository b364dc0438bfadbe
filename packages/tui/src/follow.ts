import type { Client, LogItem, SessionItem, SessionSummary } from '@nacre/client'
import { line } from './drawn/line.js'
import type { Happening } from './happening.js'
import { errorLines } from './words.js'

const HISTORY_TURNS = 20

/** A session from its last turns on: first what is stored, then what comes, until the signal aborts. Never throws. */
export async function* follow(
  client: Client,
  { session }: SessionSummary,
  signal: AbortSignal,
): AsyncGenerator<Happening> {
  const item = (one: SessionItem): Happening => ({ type: 'item', session, item: one })
  try {
    const { events, before } = await client.history(session, { turns: HISTORY_TURNS })
    if (signal.aborted) return
    if (before !== undefined) yield { type: 'said', lines: [line('(earlier turns are not shown)', 'dim')] }
    const stored = events.filter(isStored)
    for (const event of stored) yield item({ kind: 'stored', event })
    // A watch tells only of changes, and there may have been one since we connected.
    yield item({ kind: 'connection', status: client.status })
    let deleted = false
    for await (const one of client.watch(session, { after: stored.at(-1)?.seq ?? 0, signal })) {
      deleted = one.kind === 'stored' && one.event.type === 'session.deleted'
      yield item(one)
    }
    if (!signal.aborted) yield deleted ? { type: 'gone' } : item({ kind: 'connection', status: { type: 'closed' } })
  } catch (error) {
    if (!signal.aborted) yield { type: 'said', lines: errorLines('this session can no longer be followed', error) }
  }
}

type Stored = Extract<LogItem, { kind: 'stored' }>['event']

export const isStored = (event: unknown): event is Stored =>
  typeof event === 'object' && event !== null && 'seq' in event && typeof event.seq === 'number' && 'type' in event
