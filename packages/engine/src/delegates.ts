import { type Delegates, delegateAnswer } from '@nacre/runtime'
import { GOAL, isUnknown, lift, type NewSessionEvent, type Parent, type SessionState, ZERO } from '@nacre/session'
import {
  type ContentPart,
  commandId,
  inputId,
  type Log,
  type SessionId,
  type StreamName,
  streamName,
  turnId,
  type UserId,
} from '@nacre/types'

const TITLE_CHARS = 60

/** Delegates as sessions in the same log, driven like any other. */
export const delegatesIn = (log: Log, user: UserId): Delegates => ({
  async start({ session, agent, parts, parent }) {
    const created: NewSessionEvent = { type: 'session.created', title: titleOf(parts), agent, parent }
    const queued: NewSessionEvent = { type: 'turn.queued', input: inputId(GOAL), parts, mode: 'queue', by: 'delegate' }
    const stream = streamName(user, session)
    const appended = await log.append(stream, [created, queued], { expectedSeq: 0 })
    if (appended.type === 'appended' || (await isMadeFor(parent, stream, log))) return
    await log.append(streamName(user, parent.session), [takenAnswer(session)])
  },
  async cancel(session) {
    const stream = streamName(user, session)
    if ((await log.head(stream)) === undefined) return
    const command = commandId(`cancel-${GOAL}`)
    const asked: NewSessionEvent = { type: 'turn.cancel_requested', command, turn: turnId(GOAL), by: 'delegate' }
    await log.append(stream, [asked])
  },
})

/** Whether a repeat finds what it was: a session that somebody else has made under that name answers nobody. */
async function isMadeFor({ session, call }: Parent, stream: StreamName, log: Log): Promise<boolean> {
  const [first] = (await log.read(stream, { limit: 1 })).events.map((event) => lift(event))
  if (first === undefined || isUnknown(first) || first.type !== 'session.created') return false
  return first.parent?.session === session && first.parent.call === call
}

/** The same answer however often it is given, and after the first one nothing. */
const takenAnswer = (session: SessionId): NewSessionEvent => ({
  type: 'question.answered',
  command: commandId(`answer-${session}`),
  question: session,
  by: 'delegate',
  parts: [
    {
      type: 'text',
      text: `The delegate could not begin: somebody else has a session ${session}. Do this part yourself.`,
    },
  ],
  turn: { outcome: 'failed', spent: ZERO },
})

const titleOf = (parts: readonly ContentPart[]): string => {
  const text = parts.map((part) => (part.type === 'text' ? part.text : part.preview)).join(' ')
  return text.replaceAll(/\s+/gu, ' ').trim().slice(0, TITLE_CHARS).toWellFormed()
}

/**
 * Brings a delegate's answer to the call that waits for it, then notes that it has arrived. After a crash in between it is
 * brought again, and the second answer is nothing.
 */
export async function deliver(log: Log, user: UserId, session: SessionId, state: SessionState & { parent: Parent }) {
  const { parent } = state
  const answered: NewSessionEvent = {
    type: 'question.answered',
    command: commandId(`answer-${session}`),
    question: session,
    by: 'delegate',
    ...(await delegateAnswer(state, log.blobs)),
  }
  await log.append(streamName(user, parent.session), [answered])
  const arrived: NewSessionEvent = { type: 'delivery.finished', turn: turnId(GOAL), to: parent.session }
  await log.append(streamName(user, session), [arrived])
}
