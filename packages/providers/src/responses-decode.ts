import type { JsonObject, StopReason } from '@nacre/types'
import { countOf, isObject, listOf, objectOf, textOf } from './loose.js'
import type { Counts, Piece } from './piece.js'
import { errorIn } from './vendor-text.js'

/** The pieces of one event of a Responses stream. Items are known by their place: some servers change their ids. */
export function decodeResponsesEvent(event: JsonObject): readonly Piece[] {
  const slot = countOf(event.output_index) ?? 0
  const delta = textOf(event.delta)
  switch (event.type) {
    case 'response.output_item.added':
    case 'response.output_item.done':
      return itemPieces(objectOf(event.item) ?? {}, slot)
    case 'response.output_text.delta':
      return delta === undefined ? [] : [{ type: 'text', slot, text: delta }]
    case 'response.refusal.delta':
      return delta === undefined ? [] : [{ type: 'refusal', text: delta }]
    case 'response.reasoning_summary_part.added':
      return countOf(event.summary_index) ? [{ type: 'reasoning', slot, text: PARAGRAPH }] : []
    case 'response.reasoning_summary_text.delta':
    case 'response.reasoning_text.delta':
      return delta === undefined ? [] : [{ type: 'reasoning', slot, text: delta }]
    case 'response.function_call_arguments.delta':
    case 'response.custom_tool_call_input.delta':
      return [{ type: 'call', index: slot, args: delta, onlyKnown: true }]
    case 'response.completed':
    case 'response.incomplete':
    case 'response.failed':
      return endPieces(objectOf(event.response) ?? {})
    case 'error':
      return [{ type: 'error', error: { kind: textOf(event.code) ?? '', message: textOf(event.message) ?? NO_REASON } }]
    default:
      return []
  }
}

/** The pieces of a response that came in one piece; none where it is no response. */
export function decodeResponsesBody(body: JsonObject): readonly Piece[] {
  if (textOf(body.status) === undefined || !Array.isArray(body.output)) return []
  const items = listOf(body.output).filter(isObject)
  return [...items.flatMap((item, slot) => [...itemPieces(item, slot), ...saidPieces(item, slot)]), ...endPieces(body)]
}

const PARAGRAPH = '\n\n'
const NO_REASON = 'no reason given'

/** An item as it begins or ends; what it says is streamed apart. */
function itemPieces(item: JsonObject, slot: number): readonly Piece[] {
  switch (item.type) {
    case 'message': {
      const phase = textOf(item.phase)
      return phase === undefined ? [] : [{ type: 'text', slot, text: '', extra: { phase } }]
    }
    case 'reasoning': {
      const [id, encrypted] = [textOf(item.id), textOf(item.encrypted_content)]
      const extra = { ...(id && { id }), ...(encrypted && { encrypted_content: encrypted }) }
      return [{ type: 'reasoning', slot, text: '', extra }]
    }
    case 'function_call':
    case 'custom_tool_call': {
      const custom = item.type === 'custom_tool_call'
      const wholeArgs = textOf(custom ? item.input : item.arguments)
      const call = { index: slot, id: textOf(item.call_id), name: textOf(item.name), wholeArgs }
      return [{ type: 'call', ...call, ...(custom ? { extra: { custom: true } } : {}) }]
    }
    case 'image_generation_call': {
      const data = textOf(item.result)
      if (data === undefined || item.status === 'generating') return []
      const mediaType = `image/${textOf(item.output_format) ?? 'png'}`
      return [{ type: 'media', mediaType, data, extra: { id: textOf(item.id) ?? '' } }]
    }
    default:
      return [{ type: 'server', slot, name: textOf(item.type) ?? '', block: item }]
  }
}

/** What an item says, where nothing was streamed. */
function saidPieces(item: JsonObject, slot: number): readonly Piece[] {
  const content = listOf(item.content).filter(isObject)
  if (item.type === 'message')
    return content.flatMap((part): readonly Piece[] =>
      part.type === 'refusal'
        ? [{ type: 'refusal', text: textOf(part.refusal) ?? '' }]
        : [{ type: 'text', slot, text: textOf(part.text) ?? '' }],
    )
  if (item.type !== 'reasoning') return []
  const summary = listOf(item.summary).map((part) => textOf(objectOf(part)?.text) ?? '')
  const thoughts = content.map((part) => textOf(part.text) ?? '')
  return [{ type: 'reasoning', slot, text: summary.join(PARAGRAPH) + thoughts.join('') }]
}

function endPieces(response: JsonObject): readonly Piece[] {
  const error = errorIn(response)
  if (error !== undefined) return [{ type: 'error', error }]
  const why = textOf(objectOf(response.incomplete_details)?.reason)
  switch (response.status) {
    case 'completed':
    case 'incomplete':
      return [...usagePieces(objectOf(response.usage)), { type: 'reason', reason: reasonOf(why) }, { type: 'end' }]
    default:
      return [
        {
          type: 'error',
          error: { kind: '', message: `the response’s status is ${textOf(response.status) ?? 'unknown'}` },
        },
      ]
  }
}

function reasonOf(incomplete: string | undefined): StopReason {
  if (incomplete === undefined) return 'stop'
  if (incomplete === 'max_output_tokens') return 'length'
  return incomplete === 'content_filter' ? 'content_filter' : 'other'
}

function usagePieces(usage: JsonObject | undefined): readonly Piece[] {
  if (usage === undefined) return []
  const input = objectOf(usage.input_tokens_details)
  const counts: Counts = {
    input: countOf(usage.input_tokens),
    output: countOf(usage.output_tokens),
    cacheRead: countOf(input?.cached_tokens),
    cacheWrite: countOf(input?.cache_write_tokens),
    reasoning: countOf(objectOf(usage.output_tokens_details)?.reasoning_tokens),
  }
  return [{ type: 'usage', counts }]
}
