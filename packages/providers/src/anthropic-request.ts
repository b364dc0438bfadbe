import type { AnswerPart, GenerateRequest, JsonObject, Message, ToolResultPart } from '@nacre/types'
import { argsObject, contentText, extraFor, schemaFor } from './encode.js'
import { wireIds } from './wire-ids.js'

/** Anthropic wants a limit with every request; this is it where the request names none. */
const ANTHROPIC_MAX_TOKENS = 8192

const CACHE = { cache_control: { type: 'ephemeral' } } as const

/**
 * The body of a Messages request. The prefix and the last message are marked for the prompt cache, since every step
 * of a turn sends them again.
 */
export function encodeAnthropic(request: GenerateRequest, from: string): JsonObject {
  const wireId = wireIds(request.messages)
  const system = isBlank(request.system) ? {} : { system: [{ type: 'text', text: request.system, ...CACHE }] }
  const messages = request.messages.map((message) => encodeMessage(message, from, wireId))
  return {
    model: request.model,
    max_tokens: request.maxOutputTokens ?? ANTHROPIC_MAX_TOKENS,
    ...system,
    messages: markLast(joinTurns(messages)),
    stream: true,
    ...(request.tools.length === 0 ? {} : { tools: request.tools.map(encodeTool) }),
    ...(request.tools.length > 0 && request.toolChoice ? { tool_choice: { type: request.toolChoice } } : {}),
  }
}

type WireId = ReturnType<typeof wireIds>
type Turn = { readonly role: 'user' | 'assistant'; readonly content: readonly JsonObject[] }

function encodeMessage(message: Message, from: string, wireId: WireId): Turn {
  switch (message.role) {
    case 'user': {
      const text = contentText(message.parts)
      return { role: 'user', content: [{ type: 'text', text: isBlank(text) ? '(nothing)' : text }] }
    }
    case 'assistant':
      return { role: 'assistant', content: encodeAnswer(message.parts, from, wireId) }
    case 'tool':
      return { role: 'user', content: message.results.map((result) => encodeResult(result, wireId)) }
  }
}

/** Calls go last: nothing may stand between them and their results. */
function encodeAnswer(parts: readonly AnswerPart[], from: string, wireId: WireId): readonly JsonObject[] {
  const said = parts.filter((part) => part.type !== 'call')
  const calls = parts.filter((part) => part.type === 'call')
  return [...said, ...calls].flatMap((part): readonly JsonObject[] => {
    if (part.type === 'text') return isBlank(part.text) ? [] : [{ type: 'text', text: part.text }]
    if (part.type === 'reasoning') return encodeReasoning(part, from)
    return [{ type: 'tool_use', id: wireId(part.call), name: part.name, input: argsObject(part.argsText) }]
  })
}

/** Only what was signed may come back as thinking. */
function encodeReasoning(part: Extract<AnswerPart, { type: 'reasoning' }>, from: string): readonly JsonObject[] {
  const { signature, redacted } = extraFor(from, part)
  if (typeof redacted === 'string') return [{ type: 'redacted_thinking', data: redacted }]
  return typeof signature === 'string' ? [{ type: 'thinking', thinking: part.text, signature }] : []
}

const encodeResult = (result: ToolResultPart, wireId: WireId): JsonObject => ({
  type: 'tool_result',
  tool_use_id: wireId(result.call),
  content: contentText(result.parts),
  ...(result.isError ? { is_error: true } : {}),
})

/** Turns alternate: what one side says in a row is one message, and an empty one is none. */
function joinTurns(turns: readonly Turn[]): readonly Turn[] {
  const joined: Turn[] = []
  for (const turn of turns) {
    const last = joined.at(-1)
    if (turn.content.length === 0) continue
    if (last?.role === turn.role) joined[joined.length - 1] = { ...last, content: [...last.content, ...turn.content] }
    else joined.push(turn)
  }
  return joined
}

function markLast(turns: readonly Turn[]): readonly Turn[] {
  const last = turns.at(-1)
  const block = last?.content.at(-1)
  if (last?.role !== 'user' || block === undefined) return turns
  return [...turns.slice(0, -1), { ...last, content: [...last.content.slice(0, -1), { ...block, ...CACHE }] }]
}

const encodeTool = (tool: GenerateRequest['tools'][number]): JsonObject => ({
  name: tool.name,
  description: tool.description,
  input_schema: schemaFor(tool.parameters),
})

const isBlank = (text: string) => text.trim() === ''
