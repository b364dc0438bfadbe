import { modalityOf } from '@nacre/kit'
import type {
  AnswerPart,
  ContentPart,
  GenerateRequest,
  JsonObject,
  MediaPart,
  Message,
  ToolResultPart,
} from '@nacre/types'
import { isStrictSchema } from './answer-schema.js'
import {
  argsObject,
  blockFor,
  bodyText,
  contentRuns,
  contentText,
  extraFor,
  schemaFor,
  untilThought,
} from './encode.js'
import { dataUrl, mediaNote } from './media.js'
import { isReasoningModel, openAiEffort } from './openai-models.js'
import { wireIds } from './wire-ids.js'

/**
 * The body of a Responses request. Nothing is kept at the vendor (`store: false`): the conversation is sent whole, and
 * thoughts travel encrypted.
 */
export function encodeResponses(request: GenerateRequest, from: string): JsonObject {
  const { model, system, reasoning, responseFormat, maxOutputTokens, cache } = request
  const own = request.providerOptions?.openai
  const tools = [...request.tools.map(encodeTool), ...(own?.tools ?? [])]
  const thinks = isReasoningModel(model) || reasoning !== undefined
  const wish = {
    ...(reasoning && { effort: openAiEffort(model, reasoning) }),
    ...(own?.reasoningSummary && { summary: own.reasoningSummary }),
  }
  const text = {
    ...(responseFormat && { format: formatOf(responseFormat) }),
    ...(own?.verbosity && { verbosity: own.verbosity }),
  }
  return {
    model,
    ...(system === '' ? {} : { instructions: system }),
    input: encodeInput(request.messages, from),
    stream: true,
    store: false,
    ...(thinks ? { include: ['reasoning.encrypted_content'] } : {}),
    ...(tools.length === 0 ? {} : { tools }),
    ...(tools.length > 0 && request.toolChoice ? { tool_choice: request.toolChoice } : {}),
    ...(maxOutputTokens === undefined ? {} : { max_output_tokens: maxOutputTokens }),
    ...(Object.keys(wish).length === 0 ? {} : { reasoning: wish }),
    ...(Object.keys(text).length === 0 ? {} : { text }),
    ...(cache === 'long' ? { prompt_cache_retention: '24h' } : {}),
    ...(own?.cacheKey === undefined ? {} : { prompt_cache_key: own.cacheKey }),
  }
}

type WireId = ReturnType<typeof wireIds>

const formatOf = ({ name, schema }: NonNullable<GenerateRequest['responseFormat']>): JsonObject => ({
  type: 'json_schema',
  name,
  schema: schemaFor(schema),
  strict: isStrictSchema(schema),
})

function encodeInput(messages: readonly Message[], from: string): readonly JsonObject[] {
  const wireId = wireIds(messages)
  const said = messages.flatMap((message) => (message.role === 'assistant' ? message.parts : []))
  const custom = new Set(said.flatMap((part) => (part.type === 'call' && isCustom(part, from) ? [part.call] : [])))
  return messages.flatMap((message) => {
    if (message.role === 'user') return [{ role: 'user', content: encodeContent(message.parts) }]
    if (message.role === 'assistant')
      return untilThought(message.parts.flatMap((part) => encodePart(part, from, wireId)))
    return message.results.map((result) => encodeResult(result, custom.has(result.call), wireId))
  })
}

const isCustom = (part: Extract<AnswerPart, { type: 'call' }>, from: string) => extraFor(from, part).custom === true

function encodePart(part: AnswerPart, from: string, wireId: WireId): readonly JsonObject[] {
  switch (part.type) {
    case 'text': {
      const { phase } = extraFor(from, part)
      return [{ role: 'assistant', content: part.text, ...(phase === undefined ? {} : { phase }) }]
    }
    case 'reasoning': {
      const { id, encrypted_content } = extraFor(from, part)
      if (encrypted_content === undefined) return []
      const summary = part.text === '' ? [] : [{ type: 'summary_text', text: part.text }]
      return [{ type: 'reasoning', ...(id === undefined ? {} : { id }), summary, encrypted_content }]
    }
    case 'media': {
      const { id } = extraFor(from, part)
      if (id === undefined) return [{ role: 'assistant', content: mediaNote(part).text }]
      return [{ type: 'image_generation_call', id, status: 'completed', result: part.data }]
    }
    case 'server':
      return blockFor(from, part)
    case 'call': {
      const call = { call_id: wireId(part.call), name: part.name }
      if (isCustom(part, from)) return [{ type: 'custom_tool_call', ...call, input: part.argsText }]
      return [{ type: 'function_call', ...call, arguments: bodyText(argsObject(part.argsText)) }]
    }
  }
}

const encodeContent = (parts: readonly (ContentPart | MediaPart)[]): readonly JsonObject[] =>
  contentRuns(parts).map((run) => {
    if (typeof run === 'string') return { type: 'input_text', text: run }
    if (modalityOf(run.mediaType) === 'image') return { type: 'input_image', image_url: dataUrl(run), detail: 'auto' }
    return { type: 'input_file', filename: run.name ?? 'document.pdf', file_data: dataUrl(run) }
  })

function encodeResult(result: ToolResultPart, custom: boolean, wireId: WireId): JsonObject {
  const shown = result.parts.some((part) => part.type === 'media')
  return {
    type: custom ? 'custom_tool_call_output' : 'function_call_output',
    call_id: wireId(result.call),
    output: shown ? encodeContent(result.parts) : contentText(result.parts),
  }
}

/** Not strict: a strict schema must name every property as required. */
const encodeTool = (tool: GenerateRequest['tools'][number]): JsonObject => ({
  type: 'function',
  name: tool.name,
  description: tool.description,
  parameters: schemaFor(tool.parameters),
  strict: false,
})
