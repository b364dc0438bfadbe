import type { AnswerPart, GenerateRequest, JsonObject, Message } from '@nacre/types'
import { argsObject, contentText, extraFor, schemaFor } from './encode.js'
import { wireIds } from './wire-ids.js'

/** The body of a Chat Completions request. `from` names the provider whose own extras go back to it. */
export function encodeOpenAi(request: GenerateRequest, from: string): JsonObject {
  const wireId = wireIds(request.messages)
  const system = request.system === '' ? [] : [{ role: 'system', content: request.system }]
  return {
    model: request.model,
    messages: [...system, ...request.messages.flatMap((message) => encodeMessage(message, from, wireId))],
    stream: true,
    stream_options: { include_usage: true },
    ...(request.tools.length === 0 ? {} : { tools: request.tools.map(encodeTool) }),
    ...(request.tools.length > 0 && request.toolChoice ? { tool_choice: request.toolChoice } : {}),
    ...(request.maxOutputTokens === undefined ? {} : { [maxTokensKey(request.model)]: request.maxOutputTokens }),
  }
}

type WireId = ReturnType<typeof wireIds>

function encodeMessage(message: Message, from: string, wireId: WireId): readonly JsonObject[] {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: contentText(message.parts) }]
    case 'assistant':
      return encodeAnswer(message.parts, from, wireId)
    case 'tool':
      return message.results.map((result) => ({
        role: 'tool',
        tool_call_id: wireId(result.call),
        content: contentText(result.parts),
      }))
  }
}

function encodeAnswer(parts: readonly AnswerPart[], from: string, wireId: WireId): readonly JsonObject[] {
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
  const calls = parts.flatMap((part) => (part.type === 'call' ? [encodeCall(part, from, wireId)] : []))
  if (text === '' && calls.length === 0) return []
  return [
    {
      role: 'assistant',
      content: text === '' ? null : text,
      ...encodeReasoning(parts, from),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
  ]
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

function encodeCall(part: Extract<AnswerPart, { type: 'call' }>, from: string, wireId: WireId): JsonObject {
  const { from: _, ...extra } = extraFor(from, part)
  return {
    ...extra,
    id: wireId(part.call),
    type: 'function',
    function: { name: part.name, arguments: JSON.stringify(argsObject(part.argsText)) },
  }
}

const encodeTool = (tool: GenerateRequest['tools'][number]): JsonObject => ({
  type: 'function',
  function: { name: tool.name, description: tool.description, parameters: schemaFor(tool.parameters) },
})

/** OpenAI's reasoning models refuse `max_tokens`; most compatible servers know nothing else. */
const maxTokensKey = (model: string) =>
  /(^|\/)(o\d|gpt-([5-9]|\d\d)|codex)/i.test(model) ? 'max_completion_tokens' : 'max_tokens'
