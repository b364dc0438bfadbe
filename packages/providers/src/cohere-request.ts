import type { AnswerPart, GenerateRequest, JsonObject, Message } from '@nacre/types'
import { budgetOf } from './effort.js'
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
import { wireIds } from './wire-ids.js'

/** The body of a Cohere v2 chat request. */
export function encodeCohere(request: GenerateRequest, from: string): JsonObject {
  const { model, tools, maxOutputTokens, reasoning, responseFormat, providerOptions } = request
  // An answer that may call tools is promised no form.
  const system = systemText(request, tools.length > 0)
  const wireId = wireIds(request.messages)
  return {
    model,
    messages: [
      ...(system === '' ? [] : [{ role: 'system', content: system }]),
      ...request.messages.flatMap((message) => encodeMessage(message, from, wireId)),
    ],
    stream: true,
    ...(tools.length === 0 ? {} : { tools: tools.map(functionTool) }),
    ...(tools.length > 0 && request.toolChoice ? { tool_choice: 'NONE' } : {}),
    ...(maxOutputTokens === undefined ? {} : { max_tokens: maxOutputTokens }),
    ...(reasoning && { thinking: encodeThinking(reasoning) }),
    ...(responseFormat &&
      tools.length === 0 && {
        response_format: { type: 'json_object', json_schema: schemaFor(responseFormat.schema) },
      }),
    ...(providerOptions?.cohere?.safetyMode && { safety_mode: providerOptions.cohere.safetyMode }),
  }
}

type WireId = ReturnType<typeof wireIds>

function encodeThinking(reasoning: NonNullable<GenerateRequest['reasoning']>): JsonObject {
  const budget = budgetOf(reasoning)
  return budget === 0 ? { type: 'disabled' } : { type: 'enabled', token_budget: budget }
}

function encodeMessage(message: Message, from: string, wireId: WireId): readonly JsonObject[] {
  switch (message.role) {
    case 'user': {
      const runs = contentRuns(message.parts)
      const [only] = runs
      if (runs.length === 1 && typeof only === 'string') return [{ role: 'user', content: only }]
      const content = runs.map((run) =>
        typeof run === 'string' ? { type: 'text', text: run } : { type: 'image_url', image_url: { url: dataUrl(run) } },
      )
      return [{ role: 'user', content }]
    }
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

/** Thoughts and plans go back where they came from, each under the name that it came by. */
function encodeAnswer(parts: readonly AnswerPart[], from: string, wireId: WireId): readonly JsonObject[] {
  const content = parts.flatMap((part): readonly JsonObject[] => {
    if (part.type === 'text') return [{ type: 'text', text: part.text }]
    if (part.type === 'media') return [mediaNote(part)]
    const isThought = part.type === 'reasoning' && extraFor(from, part).field === 'thinking'
    return isThought ? [{ type: 'thinking', thinking: part.text }] : []
  })
  const plan = parts.find((part) => part.type === 'reasoning' && extraFor(from, part).field === 'tool_plan')
  const calls = parts.flatMap((part) =>
    part.type === 'call'
      ? [
          {
            id: wireId(part.call),
            type: 'function',
            function: { name: part.name, arguments: bodyText(argsObject(part.argsText)) },
          },
        ]
      : [],
  )
  if (content.length === 0 && calls.length === 0) return []
  return [
    {
      role: 'assistant',
      ...(content.length === 0 ? {} : { content }),
      ...(plan?.type === 'reasoning' ? { tool_plan: plan.text } : {}),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
  ]
}
