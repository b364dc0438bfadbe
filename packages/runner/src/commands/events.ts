import type { createClient } from '@nacre/client'
import { systemWorld } from '@nacre/kit'
import { openLog } from '@nacre/log'
import { Fault, LEDGER, PAGE_LIMIT, type SessionId, type StoredEvent, sessionId } from '@nacre/types'
import { daemonStatus } from '../daemon/control.js'
import { type CommandContext, connect, EXIT, print, printJson } from './context.js'

type Client = ReturnType<typeof createClient>
const NEW_SESSIONS_MS = 1000

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
    if (session !== undefined) await watch(client, (await client.find(session)).session, context, stop)
    else if (context.flags.follow) await followAll(client, context, stop)
    else await printAll(client, context, stop)
    return EXIT.ok
  } finally {
    await client.close()
  }
}

async function watch(
  client: Client,
  session: SessionId,
  context: CommandContext,
  stop: AbortController,
): Promise<void> {
  const done = new AbortController()
  for await (const item of client.watch(session, { after: 0, signal: AbortSignal.any([stop.signal, done.signal]) })) {
    if (item.kind === 'stored') line(context, session, item.event)
    if (item.kind === 'live' && !context.flags.follow) done.abort()
  }
}

async function printAll(client: Client, context: CommandContext, stop: AbortController): Promise<void> {
  for (const { session } of (await client.sessions()).toSorted((a, b) => a.created_at - b.created_at)) {
    await watch(client, session, context, stop)
  }
}

async function followAll(client: Client, context: CommandContext, stop: AbortController): Promise<void> {
  const world = systemWorld()
  const watched = new Map<SessionId, Promise<void>>()
  while (!stop.signal.aborted) {
    for (const { session } of await client.sessions()) {
      if (!watched.has(session)) watched.set(session, watch(client, session, context, stop))
    }
    await world.sleep(NEW_SESSIONS_MS, stop.signal)
  }
  await Promise.all(watched.values())
}

/** Without a daemon the log is free, and read directly. */
async function fromLog(context: CommandContext): Promise<number> {
  await using log = await openLog({ path: context.paths.log, now: systemWorld().now })
  const heads = await log.heads(`${context.user}/`)
  const wanted = heads.filter(
    (head) => sessionOf(head.stream) !== LEDGER && sessionOf(head.stream).startsWith(context.flags.session ?? ''),
  )
  for (const { stream } of wanted.toSorted((a, b) => a.createdAt - b.createdAt)) {
    for (let after = 0, end = false; !end; ) {
      const page = await log.read(stream, { after, limit: PAGE_LIMIT })
      for (const event of page.events) line(context, sessionOf(stream), event)
      after = page.events.at(-1)?.seq ?? after
      end = page.end
    }
  }
  return EXIT.ok
}

const sessionOf = (stream: string) => sessionId(stream.slice(stream.indexOf('/') + 1))

function line(context: CommandContext, session: SessionId, event: StoredEvent): void {
  if (context.flags.json) printJson({ session, ...event })
  else
    print(`${new Date(event.at).toISOString()} ${session.slice(0, 8)} ${String(event.seq).padStart(6)} ${event.type}`)
}
