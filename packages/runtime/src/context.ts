import type { Compaction, Input, SessionState, Step } from '@nacre/session'
import type { AnswerPart, Message, ToolResultPart } from '@nacre/types'

/** UTF-8 bytes are counted, not characters: a Chinese character is about one token, and three bytes. */
export const BYTES_PER_TOKEN = 3

/** What a context may hold, in bytes, beside its prefix and the answer's tokens. May be negative. */
export const roomOf = (limits: { contextTokens: number; maxOutputTokens: number }, prefixBytes: number): number =>
  (limits.contextTokens - limits.maxOutputTokens) * BYTES_PER_TOKEN - prefixBytes

/**
 * The messages of the next model call, from the fold. What was compacted is told by its pins and its summary, and by the
 * inputs of the open turn, word for word. Whole steps are told or not, so no call is ever parted from its result.
 */
export function contextOf(state: SessionState): Message[] {
  const { compaction } = state
  const summary = compaction ? [summaryMessage(compaction)] : []
  return merged([...summary, ...coveredInputs(state), ...toldSteps(state).flatMap(messagesOfStep)])
}

/** The steps that a context tells, oldest first. */
export function toldSteps(state: SessionState): readonly Step[] {
  const steps = saidSteps(state)
  const last = steps.findLastIndex(({ step }) => step === state.compaction?.step)
  return steps.slice(last + 1)
}

/** What the user said in the open turn before the steps that are told. */
function coveredInputs(state: SessionState): Message[] {
  const told = toldSteps(state)
  const covered = state.open?.steps.filter((step) => !step.compacts && !told.includes(step)) ?? []
  return covered.filter(({ inputs }) => inputs.length > 0).map(({ inputs }) => userMessage(inputs))
}

const saidSteps = ({ turns, open }: SessionState): readonly Step[] =>
  [...turns, ...(open ? [open] : [])].flatMap(({ steps }) => steps).filter((step) => !step.compacts)

const sizes = new WeakMap<Step, number>()

/** Steps are values that do not change, so each is measured once. */
export function stepBytes(step: Step): number {
  const known = sizes.get(step)
  if (known !== undefined) return known
  const bytes = jsonBytes(messagesOfStep(step))
  sizes.set(step, bytes)
  return bytes
}

/** What no compaction can take out of the next call: what stands for the covered part, and the open turn's inputs. */
export const fixedBytes = (state: SessionState, inputs: readonly Input[]): number =>
  jsonBytes([state.compaction && summaryMessage(state.compaction), coveredInputs(state)]) +
  (inputs.length > 0 ? jsonBytes(userMessage(inputs)) : 0)

export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '')

function summaryMessage({ pins, summary }: Compaction): Message {
  const facts = pins.length > 0 ? `Facts from it, word for word:\n${pins.map((pin) => `- ${pin}`).join('\n')}\n\n` : ''
  const text = `[The conversation so far was summed up. ${facts}What happened:\n${summary}\n]`
  return { role: 'user', parts: [{ type: 'text', text }] }
}

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

export const userMessage = (inputs: readonly Input[]): Message => ({
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
