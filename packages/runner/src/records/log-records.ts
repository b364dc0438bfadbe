import { existsSync } from 'node:fs'
import { systemWorld } from '@nacre/kit'
import { type OpenLog, openLog } from '@nacre/log'
import { type NewSessionEvent, sessionOf, summaryOf } from '@nacre/session'
import {
  commandId,
  Fault,
  type Head,
  LEDGER,
  PAGE_LIMIT,
  type SessionId,
  type StoredEvent,
  type StreamName,
  sessionId,
  streamName,
  type UserId,
} from '@nacre/types'
import type { CommandContext } from '../commands/context.js'
import type { Records } from './records.js'
import { seeSessions } from './see-sessions.js'

/** Without a daemon the log is free, and read directly. Where there is none yet, none is made. */
export async function logRecords({ user, paths, program }: CommandContext): Promise<Records> {
  if (!existsSync(paths.log)) return nothing(program)
  const world = systemWorld()
  const log = await openLog({ path: paths.log, now: world.now })
  const append = (session: SessionId, event: NewSessionEvent) => log.append(streamName(user, session), [event])
  const heads = async () => (await log.heads(`${user}/`)).filter(({ stream }) => sessionOf(stream) !== LEDGER)
  return {
    list: async () => (await heads()).map(summaryOf),
    find: async (name) => summaryOf(only(await heads(), name, program)),
    events: (session, signal) => readAll(log, streamName(user, session), signal),
    async fork(session, upTo) {
      const target = streamName(user, sessionId(world.id()))
      await log.fork(streamName(user, session), upTo, target)
      const head = await log.head(target)
      if (head === undefined) throw noSession(program)
      return summaryOf(head)
    },
    async rename(session, title) {
      await append(session, { type: 'session.renamed', title, by: BY, command: commandId(world.id()) })
    },
    async archive(session, archived) {
      await append(session, { type: 'session.archived', archived, by: BY, command: commandId(world.id()) })
    },
    async remove(session) {
      await refuseBusy(log, user, session, program)
      await append(session, { type: 'session.deleted', by: BY })
      await log.purge(streamName(user, session))
    },
    blob: (hash) => log.blobs.get(hash),
    [Symbol.asyncDispose]: () => log.close(),
  }
}

const BY = 'runner'

/** What is open in a session, its delegates or theirs would be lost with it; only a daemon can end it. */
async function refuseBusy(log: OpenLog, user: UserId, session: SessionId, program: string): Promise<void> {
  const first = await log.head(streamName(user, session))
  const heads = first ? [first] : []
  for (const { stream, status } of heads) {
    if (status !== 'idle')
      throw new Fault('busy', 'A turn of this session or of one of its delegates is open, or waits.', {
        mend: `Start the daemon (${program} start --user ${user} --detach), cancel the turn, then delete the session.`,
      })
    heads.push(...(await log.heads(`${user}/`, { parent: sessionOf(stream) })))
  }
}

function nothing(program: string): Records {
  const none = () => Promise.reject(noSession(program))
  return {
    list: async () => [],
    find: none,
    async *events() {},
    fork: none,
    rename: none,
    archive: none,
    remove: none,
    blob: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

async function* readAll(log: OpenLog, stream: StreamName, signal: AbortSignal): AsyncIterable<StoredEvent> {
  for (let after = 0, end = signal.aborted; !end; ) {
    const page = await log.read(stream, { after, limit: PAGE_LIMIT })
    yield* page.events
    after = page.events.at(-1)?.seq ?? after
    end = page.end || signal.aborted
  }
}

/** The one session that a gateway would find, or its refusal in its words. */
function only(heads: readonly Head[], prefix: string, program: string): Head {
  const exact = heads.filter((head) => sessionOf(head.stream) === prefix)
  const near = heads.filter((head) => sessionOf(head.stream).startsWith(prefix) || head.title === prefix)
  const matches = exact.length > 0 ? exact : near
  const [one] = matches
  if (one === undefined) throw noSession(program)
  if (matches.length === 1) return one
  const names = matches.slice(0, NAMED).map((head) => `${sessionOf(head.stream)} (${head.title || 'untitled'})`)
  const more = matches.length > NAMED ? ' and others' : ''
  throw new Fault('invalid_input', `That could be ${names.join(', ')}${more}.`, { mend: 'Say more of the id.' })
}
const NAMED = 8

const noSession = (program: string) =>
  new Fault('not_found', 'There is no such session.', { mend: seeSessions(program) })
