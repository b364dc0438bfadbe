import { modalityOf } from '@nacre/kit'
import type { AnswerPart, GenerateRequest, Json, JsonObject, MediaPart, Message } from '@nacre/types'
import { isStrictSchema } from './answer-schema.js'
import type { Dialect } from './dialect.js'
import { budgetOf, plainEffort } from './effort.js'
import {
  argsObject,
  bodyText,
  contentRuns,
  contentText,
  extraFor,
  functionTool,
  schemaFor,
  systemText,
} from './encode.js'
import { dataUrl, mediaNote } from './media.js'
import { openAiEffort, refusesMaxTokens } from './openai-models.js'
import { wireIds } from './wire-ids.js'

/** The body of a Chat Completions request. `from` names the provider whose own extras go back to it. */
export function encodeOpenAi(request: GenerateRequest, from: string, dialect: Dialect): JsonObject {
  const { model, tools, maxOutputTokens, providerOptions } = request
  const system = systemText(request, dialect.format !== 'json_schema')
  const wireId = wireIds(request.messages)
  const messages = [
    ...(system === '' ? [] : [{ role: 'system', content: system }]),
    ...request.messages.flatMap((message) => encodeMessage(message, { from, wireId, dialect })),
  ]
  const own = providerOptions?.openai
  return {
    model,
    messages: marksCache(request, dialect) ? markCache(messages) : messages,
    stream: true,
    ...(dialect.streamOptions ? { stream_options: { include_usage: true } } : {}),
    ...(tools.length === 0 ? {} : { tools: tools.map(functionTool) }),
    ...(tools.length > 0 && request.toolChoice ? { tool_choice: request.toolChoice } : {}),
    ...(maxOutputTokens === undefined ? {} : { [limitKey(model, dialect)]: maxOutputTokens }),
    ...encodeReasoningWish(request, dialect),
    ...encodeFormat(request, dialect),
    ...(own?.cacheKey === undefined ? {} : { prompt_cache_key: own.cacheKey }),
    ...(own?.verbosity === undefined ? {} : { verbosity: own.verbosity }),
  }
}

type Told = { readonly from: string; readonly wireId: ReturnType<typeof wireIds>; readonly dialect: Dialect }

function encodeFormat({ responseFormat }: GenerateRequest, { format }: Dialect): JsonObject {
  if (responseFormat === undefined || format === 'words') return {}
  if (format === 'json_object') return { response_format: { type: 'json_object' } }
  const { name, schema } = responseFormat
  const described = { name, schema: schemaFor(schema), strict: isStrictSchema(schema) }
  return { response_format: { type: 'json_schema', json_schema: described } }
}

function encodeReasoningWish({ model, reasoning }: GenerateRequest, dialect: Dialect): JsonObject {
  if (reasoning === undefined) return {}
  const off = budgetOf(reasoning) === 0
  switch (dialect.reasoning) {
    case 'thinking':
      return { thinking: { type: off ? 'disabled' : 'enabled' } }
    case 'reasoning':
      if (off) return { reasoning: { enabled: false } }
      return {
        reasoning: 'effort' in reasoning ? { effort: plainEffort(reasoning) } : { max_tokens: budgetOf(reasoning) },
      }
    case 'reasoning_effort':
      return { reasoning_effort: openAiEffort(model, reasoning) }
  }
}

const limitKey = (model: string, { limitKey: key }: Dialect) => {
  if (key !== 'by_model') return key
  return refusesMaxTokens(model) ? 'max_completion_tokens' : 'max_tokens'
}

function encodeMessage(message: Message, told: Told): readonly JsonObject[] {
  switch (message.role) {
    case 'user': {
      const runs = contentRuns(message.parts)
      const [only] = runs
      return [{ role: 'user', content: runs.length === 1 && typeof only === 'string' ? only : runs.map(encodeRun) }]
    }
    case 'assistant':
      return encodeAnswer(message.parts, told)
    case 'tool':
      return message.results.map((result) => ({
        role: 'tool',
        tool_call_id: told.wireId(result.call),
        content: contentText(result.parts),
      }))
  }
}

function encodeRun(run: string | MediaPart): JsonObject {
  if (typeof run === 'string') return { type: 'text', text: run }
  switch (modalityOf(run.mediaType)) {
    case 'image':
      return { type: 'image_url', image_url: { url: dataUrl(run) } }
    case 'audio':
      return {
        type: 'input_audio',
        input_audio: { data: run.data, format: run.mediaType === 'audio/wav' ? 'wav' : 'mp3' },
      }
    default:
      return { type: 'file', file: { filename: run.name ?? 'document.pdf', file_data: dataUrl(run) } }
  }
}

function encodeAnswer(parts: readonly AnswerPart[], told: Told): readonly JsonObject[] {
  const text = parts.flatMap(saidText).join('')
  const calls = parts.flatMap((part) => (part.type === 'call' ? [encodeCall(part, told)] : []))
  if (text === '' && calls.length === 0) return []
  return [
    {
      role: 'assistant',
      content: text === '' ? null : text,
      ...(told.dialect.callsNeedThought && calls.length > 0 ? { reasoning_content: '' } : {}),
      ...encodeReasoning(parts, told.from),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
  ]
}

function saidText(part: AnswerPart): readonly string[] {
  if (part.type === 'media') return [mediaNote(part).text]
  return part.type === 'text' ? [part.text] : []
}

/** Reasoning goes back under the name that it came by, and only to whom it came from. */
function encodeReasoning(parts: readonly AnswerPart[], from: string): JsonObject {
  const reasoning = parts.find((part) => part.type === 'reasoning')
  if (reasoning === undefined) return {}
  const { field, reasoning_details: details } = extraFor(from, reasoning)
  return {
    ...(typeof field === 'string' && reasoning.text !== '' ? { [field]: reasoning.text } : {}),
    ...(details === undefined ? {} : { reasoning_details: details }),
  }
}

function encodeCall(part: Extract<AnswerPart, { type: 'call' }>, { from, wireId }: Told): JsonObject {
  const { from: _, ...extra } = extraFor(from, part)
  return {
    ...extra,
    id: wireId(part.call),
    type: 'function',
    function: { name: part.name, arguments: bodyText(argsObject(part.argsText)) },
  }
}

const marksCache = ({ model, cache }: GenerateRequest, { marksClaude }: Dialect) =>
  marksClaude && cache !== 'off' && /claude/i.test(model)

/** Marks the system text and the last message of a user, as Anthropic’s own API would have it. */
function markCache(messages: readonly JsonObject[]): readonly JsonObject[] {
  const lastUser = messages.findLastIndex((message) => message.role === 'user')
  return messages.map((message, at) =>
    message.role === 'system' || at === lastUser ? { ...message, content: marked(message.content) } : message,
  )
}

function marked(content: Json | undefined): readonly JsonObject[] {
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : ((content ?? []) as JsonObject[])
  return blocks.map((block, at) =>
    at === blocks.length - 1 ? { ...block, cache_control: { type: 'ephemeral' } } : block,
  )
}
