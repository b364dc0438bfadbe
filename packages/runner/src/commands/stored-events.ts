import { existsSync } from 'node:fs'
import type { Client, SessionSummary } from '@nacre/client'
import { systemWorld } from '@nacre/kit'
import { openLog } from '@nacre/log'
import { sessionOf } from '@nacre/session'
import { Fault, type Head, LEDGER, PAGE_LIMIT, type SessionId, type StoredEvent } from '@nacre/types'
import { daemonStatus } from '../daemon/control.js'
import { type CommandContext, connect } from './context.js'

export type SessionEvents = {
  readonly session: SessionId
  readonly title: string
  readonly events: AsyncIterable<StoredEvent>
}

/** Which sessions; all without `session`. `others` says what becomes of those that a gateway does not list. */
type Wanted = { readonly session: string | undefined; readonly others: string; readonly signal: AbortSignal }

/**
 * What is stored of each session, the oldest session first: from the daemon, where one runs, else from the log itself.
 * To be read one session after the other; ends when the signal aborts.
 */
export async function* storedEvents(context: CommandContext, wanted: Wanted): AsyncIterable<SessionEvents> {
  yield* (await daemonStatus(context.paths)) ? fromDaemon(context, wanted) : fromLog(context, wanted)
}

async function* fromDaemon(context: CommandContext, wanted: Wanted): AsyncIterable<SessionEvents> {
  const client = await connect(context)
  try {
    const named = wanted.session
    const sessions = named === undefined ? await listed(client, wanted.others) : [await client.find(named)]
    for (const { session, title } of sessions.toSorted((a, b) => a.created_at - b.created_at))
      yield { session, title, events: history(client, session, wanted.signal) }
  } finally {
    await client.close()
  }
}

async function* history(client: Client, session: SessionId, signal: AbortSignal): AsyncIterable<StoredEvent> {
  const done = new AbortController()
  try {
    for await (const item of client.watch(session, { after: 0, signal: AbortSignal.any([signal, done.signal]) })) {
      if (item.kind === 'stored') yield item.event
      else if (item.kind === 'live') return
    }
  } finally {
    done.abort()
  }
}

/** The sessions that a gateway lists; says on standard error that there are more, and what becomes of those. */
export async function listed(client: Client, others: string): Promise<readonly SessionSummary[]> {
  // Counted before they are listed: one that is created in between is not missing.
  const { sessions: count } = await client.request('health', {})
  const sessions = await client.sessions({ archived: true })
  if (count > sessions.length)
    process.stderr.write(`Of ${count} sessions only the ${sessions.length} that changed last are shown.\n  ${others}\n`)
  return sessions
}

/** Without a daemon the log is free, and read directly. */
async function* fromLog({ user, paths }: CommandContext, wanted: Wanted): AsyncIterable<SessionEvents> {
  const { session: named, signal } = wanted
  if (named === undefined && !existsSync(paths.log)) return
  await using log = await openLog({ path: paths.log, now: systemWorld().now })
  const heads = (await log.heads(`${user}/`)).filter(({ stream }) => sessionOf(stream) !== LEDGER)
  const chosen = named === undefined ? heads.toSorted((a, b) => a.createdAt - b.createdAt) : [only(heads, named)]
  for (const { stream, title } of chosen) {
    const events = async function* () {
      for (let after = 0, end = signal.aborted; !end; ) {
        const page = await log.read(stream, { after, limit: PAGE_LIMIT })
        yield* page.events
        after = page.events.at(-1)?.seq ?? after
        end = page.end || signal.aborted
      }
    }
    yield { session: sessionOf(stream), title, events: events() }
  }
}

/** The one session that a gateway would find, or its refusal in its words. */
function only(heads: readonly Head[], prefix: string): Head {
  const exact = heads.filter((head) => sessionOf(head.stream) === prefix)
  const near = heads.filter((head) => sessionOf(head.stream).startsWith(prefix) || head.title === prefix)
  const matches = exact.length > 0 ? exact : near
  const [one] = matches
  if (one === undefined)
    throw new Fault('not_found', 'There is no such session.', { mend: 'List the sessions, or create one.' })
  if (matches.length === 1) return one
  const names = matches.slice(0, NAMED).map((head) => `${sessionOf(head.stream)} (${head.title || 'untitled'})`)
  const more = matches.length > NAMED ? ' and others' : ''
  throw new Fault('invalid_input', `That could be ${names.join(', ')}${more}.`, { mend: 'Say more of the id.' })
}
const NAMED = 8
