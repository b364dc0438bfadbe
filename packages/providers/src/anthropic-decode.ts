import type { JsonObject, StopReason } from '@nacre/types'
import { countOf, isObject, listOf, objectOf, textOf } from './loose.js'
import type { Counts, Piece } from './piece.js'
import { errorIn } from './vendor-text.js'

/** The pieces of one event of a Messages stream. */
export function decodeAnthropicEvent(event: JsonObject): readonly Piece[] {
  const index = countOf(event.index) ?? 0
  switch (event.type) {
    case 'message_start':
      return usagePieces(objectOf(objectOf(event.message)?.usage))
    case 'content_block_start':
      return blockPieces(objectOf(event.content_block) ?? {}, index)
    case 'content_block_delta':
      return deltaPieces(objectOf(event.delta) ?? {}, index)
    case 'message_delta':
      return [...usagePieces(objectOf(event.usage)), ...reasonPieces(textOf(objectOf(event.delta)?.stop_reason))]
    case 'message_stop':
      return [{ type: 'end' }]
    case 'error':
      return [{ type: 'error', error: errorIn(event) ?? { kind: '', message: 'no reason given' } }]
    default:
      return []
  }
}

/** The pieces of a message that came in one piece; none where it is no message. */
export function decodeAnthropicBody(body: JsonObject): readonly Piece[] {
  const reason = textOf(body.stop_reason)
  if (reason === undefined) return []
  const blocks = listOf(body.content).filter(isObject)
  return [
    ...blocks.flatMap((block, index) => blockPieces(block, index)),
    ...usagePieces(objectOf(body.usage)),
    ...reasonPieces(reason),
    { type: 'end' },
  ]
}

/** A block as it begins, which in an answer of one piece is the whole of it. */
function blockPieces(block: JsonObject, index: number): readonly Piece[] {
  switch (block.type) {
    case 'text':
      return textPieces(textOf(block.text))
    case 'thinking':
      return [{ type: 'reasoning', slot: index, text: textOf(block.thinking) ?? '', extra: signed(block.signature) }]
    case 'redacted_thinking':
      return [{ type: 'reasoning', slot: index, text: '', extra: { redacted: textOf(block.data) ?? '' } }]
    case 'tool_use':
      return [
        { type: 'call', index, id: textOf(block.id), name: textOf(block.name), wholeArgs: inputText(block.input) },
      ]
    default:
      // What Anthropic's own tools are asked and give back, whichever there will be.
      return [{ type: 'server', slot: index, name: textOf(block.type) ?? '', block }]
  }
}

function deltaPieces(delta: JsonObject, index: number): readonly Piece[] {
  switch (delta.type) {
    case 'text_delta':
      return textPieces(textOf(delta.text))
    case 'thinking_delta':
      return [{ type: 'reasoning', slot: index, text: textOf(delta.thinking) ?? '' }]
    case 'signature_delta':
      return [{ type: 'reasoning', slot: index, text: '', extra: signed(delta.signature) }]
    case 'input_json_delta':
      // The block may be a server tool's, which is no call.
      return [{ type: 'call', index, args: textOf(delta.partial_json), onlyKnown: true }]
    default:
      return []
  }
}

const textPieces = (text: string | undefined): readonly Piece[] =>
  text === undefined ? NOTHING : [{ type: 'text', text }]
const NOTHING: readonly Piece[] = []

const signed = (signature: unknown): JsonObject => {
  const text = textOf(signature)
  return text === undefined ? {} : { signature: text }
}

/** `{}` at a block's start says that the arguments are still to come. */
const inputText = (input: unknown) =>
  isObject(input) && Object.keys(input).length > 0 ? JSON.stringify(input) : undefined

const REASONS: Readonly<Record<string, StopReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'refusal',
  pause_turn: 'pause',
}

const reasonPieces = (reason: string | undefined): readonly Piece[] =>
  reason === undefined ? [] : [{ type: 'reason', reason: REASONS[reason] ?? 'other' }]

function usagePieces(usage: JsonObject | undefined): readonly Piece[] {
  if (usage === undefined) return []
  const counts: Counts = {
    fresh: countOf(usage.input_tokens),
    output: countOf(usage.output_tokens),
    cacheRead: countOf(usage.cache_read_input_tokens),
    cacheWrite: countOf(usage.cache_creation_input_tokens),
    reasoning: countOf(objectOf(usage.output_tokens_details)?.thinking_tokens),
  }
  return [{ type: 'usage', counts }]
}
