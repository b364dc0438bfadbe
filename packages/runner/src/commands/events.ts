import type { Client, SessionSummary } from '@nacre/client'
import { orAborted, systemWorld } from '@nacre/kit'
import { openLog } from '@nacre/log'
import {
  Fault,
  type Head,
  LEDGER,
  PAGE_LIMIT,
  type Seq,
  type SessionId,
  type StoredEvent,
  sessionId,
} from '@nacre/types'
import { daemonStatus } from '../daemon/control.js'
import { type CommandContext, connect, EXIT, print, printJson } from './context.js'

const NEW_SESSIONS_MS = 1000
/** Sessions that are subscribed to at once. A gateway lets one connection have 64; one more is for catching up. */
const FOLLOWED = 60

/** Prints events, one JSON object a line: `{ session, seq, type, at, … }`. */
export async function events(context: CommandContext): Promise<number> {
  if (await daemonStatus(context.paths)) return fromDaemon(context)
  if (context.flags.follow)
    throw new Fault('unavailable', 'Only a running daemon has events to follow.', {
      mend: `Start it: ${context.program} start --user ${context.user} --detach`,
    })
  return fromLog(context)
}

async function fromDaemon(context: CommandContext): Promise<number> {
  const client = await connect(context)
  const stop = new AbortController()
  const end = () => stop.abort()
  process.once('SIGINT', end).once('SIGTERM', end)
  process.stdout.once('error', end) // Whoever read us has enough.
  try {
    const { session } = context.flags
    const how = { after: 0, follow: context.flags.follow === true, signal: stop.signal }
    if (session !== undefined) await watch(client, (await client.find(session)).session, context, how)
    else if (context.flags.follow) await followAll(client, context, stop)
    else await printAll(client, context, stop)
    return EXIT.ok
  } finally {
    await client.close()
  }
}

type How = { readonly after: Seq; readonly follow: boolean; readonly signal: AbortSignal }

/** Prints what is stored after a seq, and with `follow` what comes, until the signal aborts. The last seq that was printed. */
async function watch(client: Client, session: SessionId, context: CommandContext, how: How): Promise<Seq> {
  const done = new AbortController()
  let seq = how.after
  for await (const item of client.watch(session, { after: seq, signal: AbortSignal.any([how.signal, done.signal]) })) {
    if (item.kind === 'stored') {
      line(context, session, item.event)
      seq = item.event.seq
    }
    if (item.kind === 'live' && !how.follow) done.abort()
  }
  return seq
}

async function printAll(client: Client, context: CommandContext, { signal }: AbortController): Promise<void> {
  const sessions = await listed(client, 'Name one of the others with --session; with the daemon stopped all are read.')
  for (const { session } of sessions.toSorted((a, b) => a.created_at - b.created_at)) {
    await watch(client, session, context, { after: 0, follow: false, signal })
  }
}

/** The sessions that a gateway lists; says on standard error that there are more, and what becomes of those. */
async function listed(client: Client, others: string): Promise<readonly SessionSummary[]> {
  // Counted before they are listed: one that is created in between is not missing.
  const { sessions: count } = await client.request('health', {})
  const sessions = await client.sessions()
  if (count > sessions.length)
    process.stderr.write(`Of ${count} sessions only the ${sessions.length} that changed last are shown.\n  ${others}\n`)
  return sessions
}

/**
 * Follows the sessions that changed last, and looks each second for others that have changed: those are caught up with,
 * and followed instead of those that have become the oldest.
 */
async function followAll(client: Client, context: CommandContext, stop: AbortController): Promise<void> {
  const world = systemWorld()
  const followed = createFollowed(client, context, stop)
  let sessions = await listed(client, 'Another one is shown from its beginning as soon as something happens in it.')
  for (;;) {
    await followed.update(sessions)
    await world.sleep(NEW_SESSIONS_MS, stop.signal)
    const next = await orAborted(client.sessions(), stop.signal)
    if (next === 'aborted') return followed.end()
    sessions = next
  }
}

function createFollowed(client: Client, context: CommandContext, stop: AbortController) {
  const cursors = new Map<SessionId, Seq>()
  const live = new Map<SessionId, { readonly stop: AbortController; readonly done: Promise<void> }>()
  let failure: { readonly error: unknown } | undefined

  const print = async (session: SessionId, follow: boolean, signal: AbortSignal) => {
    const after = cursors.get(session) ?? 0
    cursors.set(session, await watch(client, session, context, { after, follow, signal }))
  }
  const begin = (session: SessionId) => {
    const one = new AbortController()
    const done = print(session, true, AbortSignal.any([stop.signal, one.signal])).catch((error: unknown) => {
      failure ??= { error }
      stop.abort()
    })
    live.set(session, { stop: one, done })
  }
  const leave = async (session: SessionId) => {
    live.get(session)?.stop.abort()
    await live.get(session)?.done
    live.delete(session)
  }

  return {
    /** `newestFirst` is what the gateway lists now. */
    async update(newestFirst: readonly SessionSummary[]): Promise<void> {
      const first = new Set(newestFirst.slice(0, FOLLOWED).map(({ session }) => session))
      for (const session of live.keys()) if (!first.has(session)) await leave(session)
      for (const { session, seq } of newestFirst.toReversed()) {
        if (stop.signal.aborted || live.has(session)) continue
        if (first.has(session)) begin(session)
        else if (seq > (cursors.get(session) ?? 0)) await print(session, false, stop.signal)
      }
    },
    /** Throws what one of them has failed with. */
    async end(): Promise<void> {
      await Promise.all([...live.values()].map(({ done }) => done))
      if (failure !== undefined) throw failure.error
    },
  }
}

/** Without a daemon the log is free, and read directly. */
async function fromLog(context: CommandContext): Promise<number> {
  await using log = await openLog({ path: context.paths.log, now: systemWorld().now })
  const heads = await log.heads(`${context.user}/`)
  const { session } = context.flags
  const all = heads.filter((head) => sessionOf(head.stream) !== LEDGER)
  const wanted = session === undefined ? all.toSorted((a, b) => a.createdAt - b.createdAt) : [only(all, session)]
  for (const { stream } of wanted) {
    for (let after = 0, end = false; !end; ) {
      const page = await log.read(stream, { after, limit: PAGE_LIMIT })
      for (const event of page.events) line(context, sessionOf(stream), event)
      after = page.events.at(-1)?.seq ?? after
      end = page.end
    }
  }
  return EXIT.ok
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
  const more = matches.length > NAMED ? ` and ${matches.length - NAMED} more` : ''
  throw new Fault('invalid_input', `That could be ${names.join(', ')}${more}.`, { mend: 'Say more of the id.' })
}
const NAMED = 8

const sessionOf = (stream: string) => sessionId(stream.slice(stream.indexOf('/') + 1))

function line(context: CommandContext, session: SessionId, event: StoredEvent): void {
  if (context.flags.json) printJson({ session, ...event })
  else
    print(`${new Date(event.at).toISOString()} ${session.slice(0, 8)} ${String(event.seq).padStart(6)} ${event.type}`)
}
