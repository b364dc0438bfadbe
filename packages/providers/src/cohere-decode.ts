import type { Json, JsonObject, StopReason } from '@nacre/types'
import { countOf, isObject, listOf, objectOf, textOf } from './loose.js'
import type { Counts, Piece } from './piece.js'

/** The pieces of one event of a Cohere v2 chat stream. */
export function decodeCohereEvent(event: JsonObject): readonly Piece[] {
  const delta = objectOf(event.delta) ?? {}
  const message = objectOf(delta.message) ?? {}
  switch (event.type) {
    case 'content-start':
    case 'content-delta':
      return contentPieces(message.content)
    case 'tool-plan-delta':
      return planPieces(message.tool_plan)
    case 'tool-call-start':
    case 'tool-call-delta':
      return callPieces(objectOf(message.tool_calls) ?? {}, countOf(event.index))
    case 'message-end':
      return [...usagePieces(objectOf(delta.usage)), ...reasonPieces(delta)]
    default:
      return []
  }
}

/** The pieces of an answer that came in one piece; none where it is no answer. */
export function decodeCohereBody(body: JsonObject): readonly Piece[] {
  const message = objectOf(body.message)
  if (message === undefined || textOf(body.finish_reason) === undefined) return []
  return [
    ...planPieces(message.tool_plan),
    ...listOf(message.content).flatMap(contentPieces),
    ...listOf(message.tool_calls).filter(isObject).flatMap(callPieces),
    ...usagePieces(objectOf(body.usage)),
    ...reasonPieces(body),
    { type: 'end' },
  ]
}

function contentPieces(content: Json | undefined): readonly Piece[] {
  const block = objectOf(content)
  const [text, thinking] = [textOf(block?.text), textOf(block?.thinking)]
  return [
    ...(thinking === undefined
      ? []
      : [{ type: 'reasoning', slot: 'thinking', text: thinking, extra: { field: 'thinking' } } as const]),
    ...(text === undefined ? [] : [{ type: 'text', text } as const]),
  ]
}

/** What it says before it calls tools. */
function planPieces(plan: Json | undefined): readonly Piece[] {
  const text = textOf(plan)
  return text === undefined ? [] : [{ type: 'reasoning', slot: 'plan', text, extra: { field: 'tool_plan' } }]
}

function callPieces(call: JsonObject, index: number | undefined): readonly Piece[] {
  const fn = objectOf(call.function)
  return [{ type: 'call', index, id: textOf(call.id), name: textOf(fn?.name), args: textOf(fn?.arguments) }]
}

const REASONS: Readonly<Record<string, StopReason>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  TOOL_CALL: 'tool_calls',
  MAX_TOKENS: 'length',
}

function reasonPieces(end: JsonObject): readonly Piece[] {
  const reason = textOf(end.finish_reason)
  if (reason === undefined) return []
  if (reason === 'ERROR' || reason === 'TIMEOUT') {
    const kind = reason === 'TIMEOUT' ? 'timeout' : 'server_error'
    return [{ type: 'error', error: { kind, message: textOf(end.error) ?? `finish_reason is ${reason}` } }]
  }
  return [{ type: 'reason', reason: REASONS[reason] ?? 'other' }]
}

function usagePieces(usage: JsonObject | undefined): readonly Piece[] {
  const tokens = objectOf(usage?.tokens) ?? objectOf(usage?.billed_units)
  if (tokens === undefined) return []
  const counts: Counts = {
    input: countOf(tokens.input_tokens),
    output: countOf(tokens.output_tokens),
    cacheRead: countOf(usage?.cached_tokens),
  }
  return [{ type: 'usage', counts }]
}
