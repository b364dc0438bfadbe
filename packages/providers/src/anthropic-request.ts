import type {
  AnswerPart,
  ContentPart,
  GenerateRequest,
  JsonObject,
  MediaPart,
  Message,
  ToolResultPart,
} from '@nacre/types'
import { closedSchema } from './answer-schema.js'
import { thinkingOf } from './anthropic-thinking.js'
import { argsObject, blockFor, contentRuns, extraFor, schemaFor, untilThought } from './encode.js'
import { mediaNote } from './media.js'
import { wireIds } from './wire-ids.js'

/** How many of a user's turns are marked for the prompt cache: the newest to write it, the one before to find it. */
const MARKED_TURNS = 2

/**
 * The body of a Messages request. Unless the request says otherwise the prefix and the newest turns are marked for
 * the prompt cache, since every step of a turn sends them again.
 */
export function encodeAnthropic(request: GenerateRequest, from: string): JsonObject {
  const mark = markOf(request)
  const wireId = wireIds(request.messages)
  const tools = [...request.tools.map(encodeTool), ...(request.providerOptions?.anthropic?.tools ?? [])]
  const system = isBlank(request.system) ? [] : [{ type: 'text', text: request.system }]
  const turns = joinTurns(request.messages.map((message) => encodeMessage(message, from, wireId)))
  const format = request.responseFormat && { type: 'json_schema', schema: closedSchema(request.responseFormat.schema) }
  const { maxTokens, thinking, effort } = thinkingOf(request, isUnbroken(turns))
  return {
    model: request.model,
    max_tokens: maxTokens,
    ...(system.length === 0 ? {} : { system: markLast(system, mark) }),
    messages: markTurns(turns, mark),
    stream: true,
    ...(tools.length === 0 ? {} : { tools: system.length === 0 ? markLast(tools, mark) : tools }),
    ...(tools.length > 0 && request.toolChoice ? { tool_choice: { type: request.toolChoice } } : {}),
    ...(thinking === undefined ? {} : { thinking }),
    ...(effort === undefined && format === undefined
      ? {}
      : { output_config: { ...(effort && { effort }), ...(format && { format }) } }),
  }
}

type WireId = ReturnType<typeof wireIds>
type Turn = { readonly role: 'user' | 'assistant'; readonly content: readonly JsonObject[] }

function encodeMessage(message: Message, from: string, wireId: WireId): Turn {
  switch (message.role) {
    case 'user': {
      const content = encodeContent(message.parts)
      return { role: 'user', content: content.length === 0 ? [{ type: 'text', text: '(nothing)' }] : content }
    }
    case 'assistant':
      return { role: 'assistant', content: encodeAnswer(message.parts, from, wireId) }
    case 'tool':
      return { role: 'user', content: message.results.map((result) => encodeResult(result, wireId)) }
  }
}

const encodeContent = (parts: readonly (ContentPart | MediaPart)[]): readonly JsonObject[] =>
  contentRuns(parts).flatMap((run): readonly JsonObject[] => {
    if (typeof run === 'string') return isBlank(run) ? [] : [{ type: 'text', text: run }]
    const source = { type: 'base64', media_type: run.mediaType, data: run.data }
    if (run.mediaType !== 'application/pdf') return [{ type: 'image', source }]
    return [{ type: 'document', source, ...(run.name === undefined ? {} : { title: run.name }) }]
  })

/** Calls go last: nothing may stand between them and their results. */
function encodeAnswer(parts: readonly AnswerPart[], from: string, wireId: WireId): readonly JsonObject[] {
  const said = parts.filter((part) => part.type !== 'call')
  const calls = parts.filter((part) => part.type === 'call')
  return untilThought([...said, ...calls].flatMap((part) => encodePart(part, from, wireId)))
}

function encodePart(part: AnswerPart, from: string, wireId: WireId): readonly JsonObject[] {
  switch (part.type) {
    case 'text':
      return isBlank(part.text) ? [] : [{ type: 'text', text: part.text }]
    case 'reasoning':
      return encodeReasoning(part, from)
    case 'media':
      return [mediaNote(part)]
    case 'server':
      return blockFor(from, part)
    case 'call':
      return [{ type: 'tool_use', id: wireId(part.call), name: part.name, input: argsObject(part.argsText) }]
  }
}

/** Only what was signed may come back as thinking. */
function encodeReasoning(part: Extract<AnswerPart, { type: 'reasoning' }>, from: string): readonly JsonObject[] {
  const { signature, redacted } = extraFor(from, part)
  if (typeof redacted === 'string') return [{ type: 'redacted_thinking', data: redacted }]
  return typeof signature === 'string' ? [{ type: 'thinking', thinking: part.text, signature }] : []
}

function encodeResult(result: ToolResultPart, wireId: WireId): JsonObject {
  const content = encodeContent(result.parts)
  const plain = content.every((block) => typeof block.text === 'string')
  return {
    type: 'tool_result',
    tool_use_id: wireId(result.call),
    content: plain ? content.map((block) => block.text).join('') : content,
    ...(result.isError ? { is_error: true } : {}),
  }
}

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

/** Whether the calls that the newest turn answers, if it does, were made after a thought that goes back with them. */
function isUnbroken(turns: readonly Turn[]): boolean {
  const answers = turns.at(-1)?.content.some((block) => block.type === 'tool_result') ?? false
  const first = turns.at(-2)?.content[0]?.type
  return !answers || first === 'thinking' || first === 'redacted_thinking'
}

function markOf({ cache }: GenerateRequest): JsonObject {
  if (cache === 'off') return {}
  return { cache_control: { type: 'ephemeral', ...(cache === 'long' ? { ttl: '1h' } : {}) } }
}

const markLast = (blocks: readonly JsonObject[], mark: JsonObject): readonly JsonObject[] =>
  blocks.map((block, at) => (at === blocks.length - 1 ? { ...block, ...mark } : block))

function markTurns(turns: readonly Turn[], mark: JsonObject): readonly Turn[] {
  if (turns.at(-1)?.role !== 'user') return turns
  const marked = turns.filter((turn) => turn.role === 'user').slice(-MARKED_TURNS)
  return turns.map((turn) => (marked.includes(turn) ? { ...turn, content: markLast(turn.content, mark) } : turn))
}

const encodeTool = (tool: GenerateRequest['tools'][number]): JsonObject => ({
  name: tool.name,
  description: tool.description,
  input_schema: schemaFor(tool.parameters),
})

const isBlank = (text: string) => text.trim() === ''
