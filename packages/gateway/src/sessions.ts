import { isUnknown, type LiftedEvent, lift, type SessionCreated, sessionOf, summaryOf } from '@nacre/session'
import {
  type Commands,
  type Head,
  LEDGER,
  type Replies,
  type SessionId,
  type StoredEvent,
  sessionId,
  streamName,
} from '@nacre/types'
import { allHeads, type Context, countSessions, findHead, NO_SESSION } from './context.js'
import { type Outcome, refuse } from './refusal.js'
import { noAgent } from './select.js'

const LISTED = 1000
const NAMED = 8
const BEGINS_ID = /^[a-z0-9][a-z0-9_-]*$/
const RECENT_EVENTS = 256

/** Creating again what was just created, by a client that lost the reply, succeeds while nothing else happened in it. */
export async function createSession(
  payload: Commands['create_session'],
  context: Context,
): Promise<Outcome<Replies['create_session']>> {
  const { session, title = '', agent = 'default' } = payload
  const { agents } = context.facts
  if (!agents.includes(agent)) return noAgent(agent, agents)
  const full = await fullHouse(context)
  if (full) return full
  const stream = streamName(context.user, session)
  const event: SessionCreated = { type: 'session.created', title, agent }
  const appended = await context.log.append(stream, [event], { expectedSeq: 0 })
  if (appended.type === 'conflict' && !createdBy(event, (await context.log.read(stream, { limit: 2 })).events))
    return EXISTS
  return found(context, session)
}

const createdBy = ({ title, agent }: SessionCreated, events: readonly StoredEvent[]): boolean => {
  const [first] = events.map((event) => lift(event))
  return events.length === 1 && is(first, 'session.created') && first.title === title && first.agent === agent
}

/** The most recently updated sessions, at most 1000; those in the archive only where they are asked for. */
export async function listSessions(
  { archived = false }: Commands['list_sessions'],
  context: Context,
): Promise<Outcome<Replies['list_sessions']>> {
  return { result: { sessions: (await allHeads(context, LISTED, archived ? {} : { archived: false })).map(summaryOf) } }
}

/** By its id, by a beginning of its id that no other has, or by its whole title. */
export async function findSession(
  { prefix }: Commands['find_session'],
  context: Context,
): Promise<Outcome<Replies['find_session']>> {
  const exact = BEGINS_ID.test(prefix) && prefix !== LEDGER && (await findHead(context, sessionId(prefix)))
  const [only, ...others] = exact ? [exact] : await likeNamed(prefix, context)
  if (only === undefined) return NO_SESSION
  return others.length === 0 ? { result: { session: summaryOf(only) } } : ambiguous([only, ...others])
}

/** The first that match, newest first, and one more than are named. */
async function likeNamed(prefix: string, { log, user }: Context): Promise<readonly Head[]> {
  const ledger = streamName(user, LEDGER)
  // The ledger may be among those of the one query or the other.
  const limit = NAMED + 2
  const [begun, titled] = await Promise.all([
    BEGINS_ID.test(prefix) ? log.heads(`${user}/${prefix}`, { limit }) : [],
    log.heads(`${user}/`, { title: prefix, limit }),
  ])
  const found = new Map([...begun, ...titled].map((head) => [head.stream, head]))
  found.delete(ledger)
  return [...found.values()].toSorted((a, b) => b.seq - a.seq)
}

function ambiguous(matches: readonly Head[]): Outcome<never> {
  const names = matches.slice(0, NAMED).map((head) => `${sessionOf(head.stream)} (${head.title || 'untitled'})`)
  const more = matches.length > NAMED ? ' and others' : ''
  return refuse('session_ambiguous', `That could be ${names.join(', ')}${more}.`, 'Say more of the id.')
}

/** Forking again with the same words, by a client that lost the reply, succeeds until the fork is used. */
export async function forkSession(
  payload: Commands['fork_session'],
  context: Context,
): Promise<Outcome<Replies['fork_session']>> {
  const { session, target, up_to: upTo } = payload
  if ((await findHead(context, session)) === undefined) return NO_SESSION
  const full = await fullHouse(context)
  if (full) return full
  const { log, user } = context
  const stream = streamName(user, target)
  const forked = await log.fork(streamName(user, session), upTo, stream)
  if (forked.type === 'conflict') {
    const { events } = await log.read(stream, { limit: RECENT_EVENTS, newestFirst: true })
    if (
      !forkedBy(
        session,
        upTo,
        events.map((event) => lift(event)),
      )
    )
      return EXISTS
  }
  return found(context, target)
}

/** Whether the newest events are those that this fork ended with. */
function forkedBy(from: SessionId, upTo: number, newestFirst: readonly LiftedEvent[]): boolean {
  const used = newestFirst.findIndex((event) => event.type === 'turn.queued' || event.type === 'session.claimed')
  const at = newestFirst.findIndex((event) => is(event, 'session.forked') && event.from === from && event.upTo === upTo)
  return at >= 0 && (used < 0 || at < used)
}

const is = <T extends LiftedEvent['type']>(
  event: LiftedEvent | undefined,
  type: T,
): event is Extract<LiftedEvent, { type: T; unknown?: never }> =>
  event !== undefined && event.type === type && !isUnknown(event)

const EXISTS: Outcome<never> = refuse(
  'session_exists',
  'A session with that id exists already, or did and was deleted.',
  'Choose another id, or open that one.',
)

async function fullHouse(context: Context): Promise<Outcome<never> | undefined> {
  const { maxSessions } = context
  if ((await countSessions(context)) < maxSessions) return undefined
  return refuse(
    'session_limit',
    `There are ${maxSessions} sessions, which is the limit.`,
    'Delete one that you need no more, or go on in one that exists; the limit cannot be configured.',
  )
}

async function found(
  context: Context,
  session: SessionId,
): Promise<Outcome<{ session: Replies['find_session']['session'] }>> {
  const head = await findHead(context, session)
  return head === undefined ? NO_SESSION : { result: { session: summaryOf(head) } }
}
