import type { AnswerPart, GenerateRequest, JsonObject, Message } from '@nacre/types'
import { effortOf, plainEffort } from './effort.js'
import { argsObject, contentText, functionTool, schemaFor, systemText } from './encode.js'
import { countOf, isObject, listOf, objectOf, textOf } from './loose.js'
import type { Piece } from './piece.js'
import { PICTURES, type Wire } from './wire.js'
import { wireIds } from './wire-ids.js'

/** Ollama's own chat API: one JSON text a line. */
export const OLLAMA_WIRE: Wire = {
  headers: () => ({}),
  encode,
  decodeEvent: decode,
  decodeBody: decode,
  media: { said: PICTURES, results: [] },
}

function encode(request: GenerateRequest, from: string): JsonObject {
  const { model, maxOutputTokens, reasoning, responseFormat, providerOptions } = request
  // It knows no choice of tools: one that may not be called must not be named.
  const tools = request.toolChoice === 'none' ? [] : request.tools
  // A form is forced upon every word, so that no tool would be called.
  const system = systemText(request, tools.length > 0)
  const { numCtx, keepAlive } = providerOptions?.ollama ?? {}
  const wireId = wireIds(request.messages)
  const options = {
    ...(numCtx === undefined ? {} : { num_ctx: numCtx }),
    ...(maxOutputTokens === undefined ? {} : { num_predict: maxOutputTokens }),
  }
  return {
    model,
    messages: [
      ...(system === '' ? [] : [{ role: 'system', content: system }]),
      ...request.messages.flatMap((message) => encodeMessage(message, from, wireId)),
    ],
    stream: true,
    ...(tools.length === 0 ? {} : { tools: tools.map(functionTool) }),
    ...(reasoning && { think: thinkOf(model, reasoning) }),
    ...(responseFormat && tools.length === 0 && { format: schemaFor(responseFormat.schema) }),
    ...(keepAlive === undefined ? {} : { keep_alive: keepAlive }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  }
}

/** gpt-oss always thinks, and is told how hard. */
function thinkOf(model: string, reasoning: NonNullable<GenerateRequest['reasoning']>): boolean | string {
  return /gpt-oss/i.test(model) ? plainEffort(reasoning) : effortOf(reasoning) !== 'none'
}

type WireId = ReturnType<typeof wireIds>

function encodeMessage(message: Message, from: string, wireId: WireId): readonly JsonObject[] {
  switch (message.role) {
    case 'user': {
      const images = message.parts.flatMap((part) => (part.type === 'media' ? [part.data] : []))
      const said = message.parts.filter((part) => part.type !== 'media')
      return [{ role: 'user', content: contentText(said), ...(images.length === 0 ? {} : { images }) }]
    }
    case 'assistant':
      return encodeAnswer(message.parts, from, wireId)
    case 'tool':
      return message.results.map((result) => ({
        role: 'tool',
        tool_name: result.name,
        tool_call_id: wireId(result.call),
        content: contentText(result.parts),
      }))
  }
}

function encodeAnswer(parts: readonly AnswerPart[], from: string, wireId: WireId): readonly JsonObject[] {
  const content = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
  const thinking = parts
    .flatMap((part) => (part.type === 'reasoning' && part.extra?.from === from ? [part.text] : []))
    .join('')
  const calls = parts.flatMap((part) =>
    part.type === 'call'
      ? [{ id: wireId(part.call), function: { name: part.name, arguments: argsObject(part.argsText) } }]
      : [],
  )
  if (content === '' && calls.length === 0) return []
  return [
    {
      role: 'assistant',
      content,
      ...(thinking === '' ? {} : { thinking }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
  ]
}

/** The pieces of one line, of which the last says how it ended. */
function decode(line: JsonObject): readonly Piece[] {
  const message = objectOf(line.message) ?? {}
  const [text, thinking] = [textOf(message.content), textOf(message.thinking)]
  return [
    ...(thinking === undefined ? [] : [{ type: 'reasoning', slot: 'message', text: thinking } as const]),
    ...(text === undefined ? [] : [{ type: 'text', text } as const]),
    ...listOf(message.tool_calls).filter(isObject).map(callPiece),
    ...(line.done === true ? endPieces(line) : []),
  ]
}

/** Calls come whole. */
function callPiece(call: JsonObject): Piece {
  const { name, arguments: args } = objectOf(call.function) ?? {}
  return {
    type: 'call',
    id: textOf(call.id),
    name: textOf(name),
    args: isObject(args) ? JSON.stringify(args) : textOf(args),
  }
}

function endPieces(line: JsonObject): readonly Piece[] {
  const counts = { input: countOf(line.prompt_eval_count), output: countOf(line.eval_count) }
  return [
    { type: 'usage', counts },
    { type: 'reason', reason: line.done_reason === 'length' ? 'length' : 'stop' },
    { type: 'end' },
  ]
}
