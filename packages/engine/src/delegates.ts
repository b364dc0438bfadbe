import { type Delegates, delegateAnswer } from '@nacre/runtime'
import { GOAL, type NewSessionEvent, type Parent, type SessionState } from '@nacre/session'
import {
  type ContentPart,
  commandId,
  inputId,
  type Log,
  type SessionId,
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
    await log.append(streamName(user, session), [created, queued], { expectedSeq: 0 })
  },
  async cancel(session) {
    const stream = streamName(user, session)
    if ((await log.head(stream)) === undefined) return
    const command = commandId(`cancel-${GOAL}`)
    const asked: NewSessionEvent = { type: 'turn.cancel_requested', command, turn: turnId(GOAL), by: 'delegate' }
    await log.append(stream, [asked])
  },
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
