import type { Client, SessionSummary } from '@nacre/client'
import { orAborted, systemWorld } from '@nacre/kit'
import { Fault, type Seq, type SessionId, type StoredEvent } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import { daemonStatus } from '../daemon/control.js'
import { listed } from '../records/daemon-records.js'
import { type CommandContext, connect, print, printJson } from './context.js'
import { eventWords } from './event-words.js'
import { storedEvents } from './stored-events.js'

const NEW_SESSIONS_MS = 1000
/** Sessions that are subscribed to at once. A gateway lets one connection have 64; one more is for catching up. */
const FOLLOWED = 60

/** Prints events, one a line: for people what matters of each, with --json all of it. */
export async function events(context: CommandContext): Promise<number> {
  const stop = new AbortController()
  const end = () => stop.abort()
  process.once('SIGINT', end).once('SIGTERM', end)
  process.stdout.once('error', end) // Whoever read us has enough.
  if (context.flags.follow) return follow(context, stop)
  const others = 'Name one of the others with --session; with the daemon stopped all are read.'
  const wanted = { session: context.flags.session, others, signal: stop.signal }
  for await (const { session, events } of storedEvents(context, wanted))
    for await (const event of events) line(context, session, event)
  return EXIT.ok
}

async function follow(context: CommandContext, stop: AbortController): Promise<number> {
  if (!(await daemonStatus(context.paths)))
    throw new Fault('unavailable', 'Only a running daemon has events to follow.', {
      mend: `Start it: ${context.program} start --user ${context.user} --detach`,
    })
  const client = await connect(context)
  try {
    const { session } = context.flags
    const how = { after: 0, follow: true, signal: stop.signal }
    if (session === undefined) await followAll(client, context, stop)
    else await watch(client, (await client.find(session)).session, context, how)
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
    const next = await orAborted(client.sessions({ archived: true }), stop.signal)
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

function line(context: CommandContext, session: SessionId, event: StoredEvent): void {
  if (context.flags.json) printJson({ session, ...event })
  else print(inWords(session, event))
}

function inWords(session: SessionId, event: StoredEvent): string {
  const at = new Date(event.at).toISOString()
  return `${at} ${session.slice(0, 8)} ${String(event.seq).padStart(6)} ${event.type} ${eventWords(event)}`.trimEnd()
}
