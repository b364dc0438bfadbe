import type { InputMode, NewSessionEvent } from '@nacre/session'
import {
  APPEND_LIMIT,
  type ApprovalScope,
  type Commands,
  type CommandType,
  type ContentPart,
  callId,
  commandId,
  Fault,
  type Head,
  inputId,
  type Replies,
  type Seq,
  type SessionId,
  sessionId,
  streamName,
  turnId,
} from '@nacre/types'
import { listApprovals, revokeApproval } from './approvals.js'
import { getBlob, putBlob } from './blobs.js'
import { allHeads, type Context, countSessions, findHead, NO_SESSION } from './context.js'
import { deleteSession } from './deletion.js'
import { history } from './history.js'
import { type Outcome, refuse } from './refusal.js'
import { listAgents, selection } from './select.js'
import { createSession, findSession, forkSession, listSessions } from './sessions.js'
import { sessionUsage } from './usage.js'

type Handler<T extends CommandType> = (payload: Commands[T], context: Context) => Promise<Outcome<Replies[T]>>
type Handled = Exclude<CommandType, 'hello' | 'subscribe' | 'unsubscribe'>

/** Inputs of one session that wait: each of them is in its head, which every append writes anew. */
export const QUEUED = 256

const send: Handler<'send'> = ({ session, input, parts, mode }, context) =>
  enqueue(session, { input, parts, mode }, context)

async function enqueue(
  session: SessionId,
  { input, parts, mode }: { input: string; parts: readonly ContentPart[]; mode: InputMode },
  context: Context,
): Promise<Outcome<{ seq: Seq }>> {
  const head = await findHead(context, session)
  if (head === undefined) return NO_SESSION
  const { queued, recent } = head.memo
  if (queued.length >= QUEUED) {
    // One that waits already may be sent again for a reply that was lost.
    const again = queued.includes(input) || recent.includes(input)
    const seq = again ? await findRecent(context, session, { type: 'turn.queued', key: 'input', id: input }) : undefined
    return seq === undefined ? QUEUE_FULL : { result: { seq } }
  }
  return append(context, session, { type: 'turn.queued', input: inputId(input), parts, mode, by: context.client })
}

const QUEUE_FULL: Outcome<never> = refuse(
  'queue_full',
  `${QUEUED} inputs of this session wait already.`,
  'Wait until some of them have run, or cancel some; then send it again.',
)

/** Waits like any input. Its words are for people: no model is told them. */
const compact: Handler<'compact'> = ({ session, input }, context) =>
  enqueue(session, { input, parts: [{ type: 'text', text: '/compact' }], mode: 'compact' }, context)

const select: Handler<'select'> = async (payload, context) => {
  const head = await findHead(context, payload.session)
  if (head === undefined) return NO_SESSION
  const judged = selection(payload, head, context)
  return 'refused' in judged ? judged : append(context, payload.session, ...judged.result)
}

const cancel: Handler<'cancel'> = async ({ session, command, turn }, context) => {
  if ((await findHead(context, session)) === undefined) return NO_SESSION
  return append(context, session, {
    type: 'turn.cancel_requested',
    command: commandId(command),
    by: context.client,
    ...(turn !== undefined && { turn: turnId(turn) }),
  })
}

const rename: Handler<'rename_session'> = ({ session, command, title }, context) =>
  once(context, session, { type: 'session.renamed', title, by: context.client, command: commandId(command) })

const archive: Handler<'archive_session'> = ({ session, command, archived }, context) =>
  once(context, session, { type: 'session.archived', archived, by: context.client, command: commandId(command) })

type Changing = Extract<NewSessionEvent, { type: 'session.renamed' | 'session.archived' }>

/** Appends what changes a session; one that was sent again for a reply that was lost is found by its command. */
async function once(context: Context, session: SessionId, event: Changing): Promise<Outcome<{ seq: Seq }>> {
  const head = await findHead(context, session)
  if (head === undefined) return NO_SESSION
  const again = head.memo.recent.some((key) => key.endsWith(` ${event.command}`))
  const seq = again
    ? await findRecent(context, session, { type: event.type, key: 'command', id: event.command })
    : undefined
  return seq === undefined ? append(context, session, event) : { result: { seq } }
}

const cancelAll: Handler<'cancel_all'> = async ({ command }, context) => {
  const busy = (await allHeads(context)).filter((head) => head.status !== 'idle')
  await Promise.all(busy.map((head) => cancelWhole(head, command, context)))
  return { result: { cancelled: busy.length } }
}

/** What waits is withdrawn before what runs is cancelled, or it would begin. */
async function cancelWhole({ stream, memo }: Head, command: string, { log, client }: Context): Promise<void> {
  const asked = { type: 'turn.cancel_requested', by: client } as const
  const waiting = memo.queued.filter((input) => input !== memo.turn)
  const events: NewSessionEvent[] = [
    // The fold takes a command once, so each has a name of its own.
    ...waiting.map((input) => ({ ...asked, command: commandId(`${command}.${input}`), turn: turnId(input) })),
    ...(memo.turn === undefined ? [] : [{ ...asked, command: commandId(command), turn: turnId(memo.turn) }]),
  ]
  for (let at = 0; at < events.length; at += APPEND_LIMIT.events)
    await log.append(stream, events.slice(at, at + APPEND_LIMIT.events))
}

const resolve = (
  verdict: 'approved' | 'denied',
  { session, command, call, hash, scope }: Commands['deny'] & { scope: ApprovalScope },
  context: Context,
): Promise<Outcome<{ seq: Seq }>> =>
  settle(context, session, {
    type: 'approval.resolved',
    command: commandId(command),
    call: callId(call),
    hash,
    verdict,
    scope,
    by: context.client,
  })

const answer: Handler<'answer'> = async ({ session, command, question, parts }, context) => {
  // A question that is a session's name was asked of that delegate.
  if ((await findHead(context, sessionId(question)))?.parent === session) return ASKED_OF_A_DELEGATE
  return settle(context, session, {
    type: 'question.answered',
    command: commandId(command),
    question,
    parts,
    by: context.client,
  })
}

const ASKED_OF_A_DELEGATE: Outcome<never> = refuse(
  'question_not_found',
  'That was asked of a delegate, and only the delegate answers it.',
  'Wait for it, look into its session, or cancel the turn.',
)

const health: Handler<'health'> = async (_, context) => {
  const { isolation, model } = context.facts
  const sessions = await countSessions(context)
  return { result: { healthy: true, event_loop_delay_ms: context.loopDelayMs(), sessions, isolation, model } }
}

const HANDLERS: { readonly [T in Handled]: Handler<T> } = {
  send,
  cancel,
  cancel_all: cancelAll,
  approve: (payload, context) => resolve('approved', payload, context),
  deny: (payload, context) => resolve('denied', { ...payload, scope: 'once' }, context),
  answer,
  select,
  compact,
  create_session: createSession,
  list_sessions: listSessions,
  find_session: findSession,
  fork_session: forkSession,
  rename_session: rename,
  archive_session: archive,
  delete_session: deleteSession,
  history,
  put_blob: putBlob,
  get_blob: getBlob,
  list_approvals: listApprovals,
  revoke_approval: revokeApproval,
  list_agents: listAgents,
  session_usage: sessionUsage,
  health,
}

/** Does one command; it is acknowledged once what it asks for is on disk. Throws the log's Faults. */
export function perform<T extends Handled>(
  type: T,
  payload: Commands[T],
  context: Context,
): Promise<Outcome<Replies[T]>> {
  const handler: Handler<T> = HANDLERS[type]
  return handler(payload, context)
}

/** Appends to a session that is there. */
async function append(
  context: Context,
  session: SessionId,
  ...events: readonly NewSessionEvent[]
): Promise<Outcome<{ seq: Seq }>> {
  const appended = await context.log.append(streamName(context.user, session), events)
  const stored = appended.type === 'appended' ? appended.events[0] : undefined
  if (stored === undefined) throw new Fault('internal', 'The log refused an append that expected nothing.')
  return { result: { seq: stored.seq } }
}

type Settling = Extract<NewSessionEvent, { type: 'approval.resolved' | 'question.answered' }>

/**
 * Appends a verdict on what waits. The head only says whether something waits: of two answers that race the fold takes
 * the first. One whose reply was lost is found by its command and acknowledged again.
 */
async function settle(context: Context, session: SessionId, event: Settling): Promise<Outcome<{ seq: Seq }>> {
  const head = await findHead(context, session)
  if (head === undefined) return NO_SESSION
  const id = event.type === 'approval.resolved' ? event.call : event.question
  const waits = head.memo.waitingFor.includes(id)
  if (waits && event.type === 'approval.resolved') {
    const asked = head.memo.asked?.find(({ call }) => call === event.call)
    if (asked?.hash !== event.hash) return OTHER_ARGUMENTS
    if (asked.expiresAt !== undefined && asked.expiresAt <= context.now()) return TOO_LATE
  }
  if (waits) return append(context, session, event)
  const seq = await findRecent(context, session, { type: event.type, key: 'command', id: event.command })
  if (seq !== undefined) return { result: { seq } }
  return event.type === 'approval.resolved'
    ? refuse(
        'approval_not_found',
        'No such call of this session waits for an approval.',
        'It was decided already, or its turn has ended.',
      )
    : refuse(
        'question_not_found',
        'No such question of this session waits for an answer.',
        'It was answered already, or its turn has ended.',
      )
}

const OTHER_ARGUMENTS: Outcome<never> = refuse(
  'approval_not_found',
  'The call that waits has other arguments than the ones that were answered.',
  'Look at what it asks now, and answer with the hash of that request.',
)

const TOO_LATE: Outcome<never> = refuse(
  'approval_not_found',
  'Nobody answered that call in time, so it counts as denied.',
  'Ask for it again; policy.approval_expires_secs says how long an approval waits.',
)

const RECENT_EVENTS = 256

/** The event that a command was before, when its reply was lost: found by the key that the client made. */
async function findRecent(
  { log, user }: Context,
  session: SessionId,
  { type, key, id }: Made,
): Promise<Seq | undefined> {
  const { events } = await log.read(streamName(user, session), { limit: RECENT_EVENTS, newestFirst: true })
  return events.find((stored) => stored.type === type && Reflect.get(stored, key) === id)?.seq
}
type Made = { readonly type: NewSessionEvent['type']; readonly key: 'input' | 'command'; readonly id: string }
