import type { Input, SessionState, Step, Turn } from '@nacre/session'
import type { AnswerPart, Message, ToolResultPart } from '@nacre/types'

/** UTF-8 bytes are counted, not characters: a Chinese character is about one token, and three bytes. */
export const BYTES_PER_TOKEN = 3

/**
 * The messages of the next model call, from the fold. Whole turns are left out, oldest first, when they would not fit
 * beside a prefix of `prefixBytes` (estimated at 3 bytes a token); the newest turn always stays, so no call is ever
 * parted from its result.
 */
export function contextOf(
  state: SessionState,
  limits: { contextTokens: number; maxOutputTokens: number },
  prefixBytes = 0,
): Message[] {
  let room = (limits.contextTokens - limits.maxOutputTokens) * BYTES_PER_TOKEN - prefixBytes
  const kept: Message[][] = []
  for (let n = state.turns.length; n >= 0; n--) {
    const turn = n === state.turns.length ? state.open : state.turns[n]
    const messages = turn ? messagesOfTurn(turn) : []
    room -= Buffer.byteLength(JSON.stringify(messages))
    if (room < 0 && kept.some((known) => known.length > 0)) break
    kept.push(messages)
  }
  return merged(kept.toReversed().flat())
}

const messagesOfTurn = (turn: Turn): Message[] => turn.steps.flatMap(messagesOfStep)

function messagesOfStep(step: Step): Message[] {
  const messages: Message[] = []
  if (step.inputs.length > 0) messages.push(userMessage(step.inputs))
  if (step.end?.outcome !== 'completed' && step.end?.outcome !== 'cancelled') return messages
  const parts = step.end.parts
    .filter((part) => step.end?.outcome === 'completed' || part.type === 'text')
    .filter(isSaid)
  if (parts.length > 0) messages.push({ role: 'assistant', parts })
  if (step.calls.length > 0) messages.push({ role: 'tool', results: step.calls.map(resultOf) })
  return messages
}

const isSaid = (part: AnswerPart) => part.type !== 'text' || part.text.length > 0

const userMessage = (inputs: readonly Input[]): Message => ({
  role: 'user',
  parts: inputs.flatMap((input) => input.parts),
})

function resultOf({ call, name, status }: Step['calls'][number]): ToolResultPart {
  if (status.type !== 'finished')
    return { call, name, parts: [{ type: 'text', text: 'No result yet.' }], isError: true }
  return { call, name, parts: status.parts, isError: status.outcome !== 'ok' }
}

/** Neighbours of one role become one message: an interrupted step leaves its input behind without an answer. */
function merged(messages: readonly Message[]): Message[] {
  const result: Message[] = []
  for (const message of messages) {
    const last = result.at(-1)
    if (last?.role === 'user' && message.role === 'user')
      result[result.length - 1] = { role: 'user', parts: [...last.parts, ...message.parts] }
    else result.push(message)
  }
  return result
}
