import { type Client, GatewayRefusal, type SessionSummary } from '@nacre/client'
import type { SessionId, StoredEvent } from '@nacre/types'
import { type CommandContext, connect } from '../commands/context.js'
import type { Records } from './records.js'

export async function daemonRecords(context: CommandContext): Promise<Records> {
  const client = await connect(context)
  return {
    list: (others) => (others === undefined ? client.sessions({ archived: true }) : listed(client, others)),
    find: (name) => client.find(name),
    events: (session, signal) => history(client, session, signal),
    fork: (session, upTo) => client.fork(session, upTo),
    rename: (session, title) => client.rename(session, title),
    archive: (session, archived) => client.archive(session, archived),
    remove: (session) => client.remove(session),
    blob: (hash) => client.getBlob(hash).catch(unlessGone),
    [Symbol.asyncDispose]: () => client.close(),
  }
}

function unlessGone(error: unknown): undefined {
  if (!(error instanceof GatewayRefusal) || error.gateway !== 'blob_not_found') throw error
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
