import { cutHead, headAndTail } from '@nacre/kit'
import type { Compaction, SessionState, Step, Turn } from '@nacre/session'
import { type AnswerPart, type ContentPart, type MediaPart, type Message, type StepId, turnId } from '@nacre/types'
import { contextOf, jsonBytes } from './context.js'
import { coveredBytes, stepsUpTo } from './cover.js'

/** What a summary, and its facts, may weigh, neither more than an eighth of the room; and one fact. */
const LIMITS = { summaryBytes: 16 * 1024, pinsBytes: 8 * 1024, share: 8, pinBytes: 400 } as const
export const SUMMARY_TOKENS = 4096

const MARK = '! '
const INSTRUCTION = `[Nacre, not the user: the conversation above will be replaced by what you write now.
First write the facts that must survive word for word, each on a line of its own that begins with "${MARK}": names, paths, ids, numbers, decisions, what the user demanded or forbade. Leave out those that stand there as facts already.
Then sum up what was asked, what was done and found, and what is still to do, so that you could go on from it. Do not go on with the work itself, and call no tool.]`

/** What a model is sent to sum up everything up to and including `upTo`, within `roomBytes`, if it can be made to fit. */
export function compactionMessages(state: SessionState, upTo: StepId, roomBytes: number): Message[] | undefined {
  const messages = contextOf(only(state, upTo))
  const instruction: Message = { role: 'user', parts: [{ type: 'text', text: INSTRUCTION }] }
  for (const partBytes of [Number.POSITIVE_INFINITY, 2048, 512, 128]) {
    const whole = [...messages.map((message) => squeezed(message, partBytes)), instruction]
    if (jsonBytes(whole) <= roomBytes) return whole
  }
  return undefined
}

/** The state as it was when `upTo` was the last step. */
function only(state: SessionState, upTo: StepId): SessionState {
  const { open: _, ...rest } = state
  const before: Turn = { turn: turnId('before'), startedAt: 0, cancelRequested: false, steps: stepsUpTo(state, upTo) }
  return { ...rest, turns: [before] }
}

function squeezed(message: Message, bytes: number): Message {
  if (!Number.isFinite(bytes)) return message
  const content = (parts: readonly (ContentPart | MediaPart)[]) => parts.map((part) => shortened(part, bytes))
  switch (message.role) {
    case 'user':
      return { role: 'user', parts: content(message.parts) }
    case 'assistant':
      return { role: 'assistant', parts: message.parts.flatMap((part) => shortAnswer(part, bytes)) }
    case 'tool':
      return { role: 'tool', results: message.results.map((result) => ({ ...result, parts: content(result.parts) })) }
  }
}

function shortened(part: ContentPart | MediaPart, bytes: number): ContentPart {
  if (part.type === 'media') return { type: 'text', text: `[${part.mediaType}]` }
  if (part.type === 'text') return { ...part, text: headAndTail(part.text, bytes) }
  return { ...part, preview: headAndTail(part.preview, bytes) }
}

/** Arguments are JSON or nothing. */
function shortAnswer(part: AnswerPart, bytes: number): readonly AnswerPart[] {
  if (part.type === 'text') return [{ ...part, text: headAndTail(part.text, bytes) }]
  if (part.type !== 'call') return []
  return [Buffer.byteLength(part.argsText) > bytes ? { ...part, argsText: '{}' } : part]
}

/**
 * What stands for everything up to and including `step.compacts` from now on: smaller than what it replaces, whatever the
 * model wrote; earlier facts stay word for word. Where the model wrote nothing it says how much is left out.
 */
export function compactedBy(
  step: Step & { readonly compacts: StepId },
  state: SessionState,
  roomBytes: number,
): Compaction {
  const { pins: known, summary: before } = state.compaction ?? { pins: [], summary: '' }
  const said = step.end?.outcome === 'completed' ? textOf(step).split('\n') : []
  const quarter = Math.floor(coveredBytes(state, step.compacts) / 4)
  const facts = said
    .filter((line) => line.startsWith(MARK))
    .map((line) => cutHead(line.slice(MARK.length).trim(), LIMITS.pinBytes))
  const words = said
    .filter((line) => !line.startsWith(MARK))
    .join('\n')
    .trim()
  const summary = words === '' ? `${before}\n${LEFT_OUT}`.trim() : words
  const share = Math.floor(roomBytes / LIMITS.share)
  const room = Math.min(quarter, Math.min(LIMITS.pinsBytes, share) - jsonBytes(known))
  return {
    step: step.compacts,
    pins: pinned(known, facts, room),
    summary: fitting(summary, Math.min(LIMITS.summaryBytes, share, quarter + jsonBytes(before))),
  }
}

const LEFT_OUT = '[A part of the conversation was left out here, without a summary. It is in the log.]'

/** Facts that are known stay; new ones are taken while they have room. */
function pinned(known: readonly string[], facts: readonly string[], roomBytes: number): readonly string[] {
  const pins = [...known]
  let room = roomBytes
  for (const fact of facts) {
    // Two dashes, a comma, a line feed that JSON writes as two characters.
    const bytes = jsonBytes(fact) + 4
    if (fact === '' || pins.includes(fact) || bytes > room) continue
    pins.push(fact)
    room -= bytes
  }
  return pins
}

/** Cut until its JSON fits: quotes and control characters are longer there. */
function fitting(text: string, bytes: number): string {
  for (let most = bytes; ; most = Math.floor(most * 0.8)) {
    const cut = most < 64 ? '' : headAndTail(text, most)
    if (jsonBytes(cut) <= bytes || cut === '') return cut
  }
}

const textOf = (step: Step) => (step.end?.parts ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('')
