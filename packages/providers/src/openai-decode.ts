import type { Json, JsonObject, StopReason } from '@nacre/types'
import { countOf, isObject, listOf, objectOf, textOf } from './loose.js'
import type { CallDelta, Counts, Piece } from './piece.js'
import { errorIn } from './vendor-text.js'

/**
 * The pieces of one Chat Completions chunk: of choice 0, the only one that was asked for, and the usage.
 * `reasoningApart`: the count of what was said leaves the reasoning out.
 */
export function decodeOpenAiChunk(chunk: JsonObject, reasoningApart: boolean): readonly Piece[] {
  const choice = listOf(chunk.choices)
    .filter(isObject)
    .find((one) => (countOf(one.index) ?? 0) === 0)
  return [...(choice === undefined ? [] : choicePieces(choice)), ...usagePieces(chunk, reasoningApart)]
}

/** The pieces of a completion that came in one piece; none where it is no completion. */
export function decodeOpenAiBody(body: JsonObject, reasoningApart: boolean): readonly Piece[] {
  const pieces = decodeOpenAiChunk(body, reasoningApart)
  const said = pieces.some((piece) => piece.type !== 'usage')
  return said ? [...pieces, { type: 'end' }] : []
}

function choicePieces(choice: JsonObject): readonly Piece[] {
  const error = errorIn(choice)
  if (error !== undefined) return [{ type: 'error', error }]
  const said = objectOf(choice.delta) ?? objectOf(choice.message)
  const reason = textOf(choice.finish_reason)
  return [...(said === undefined ? [] : saidPieces(said)), ...(reason === undefined ? [] : reasonPieces(reason))]
}

function saidPieces(said: JsonObject): readonly Piece[] {
  const refusal = textOf(said.refusal)
  const legacy = objectOf(said.function_call)
  const calls = listOf(said.tool_calls).filter(isObject).map(callDelta)
  return [
    ...reasoningPieces(said),
    ...contentPieces(said.content),
    ...listOf(said.images).flatMap(imagePieces),
    ...(refusal === undefined ? [] : [{ type: 'refusal', text: refusal } as const]),
    ...calls.map((delta) => ({ type: 'call', ...delta }) as const),
    ...(legacy === undefined ? [] : [{ type: 'call', ...callDelta({ index: 0, function: legacy }) } as const]),
  ]
}

function reasoningPieces(said: JsonObject): readonly Piece[] {
  const field = ['reasoning_content', 'reasoning'].find((name) => textOf(said[name]) !== undefined)
  const details = listOf(said.reasoning_details).filter(isObject)
  if (field === undefined && details.length === 0) return []
  const text = field === undefined ? '' : (textOf(said[field]) ?? '')
  return [
    {
      type: 'reasoning',
      slot: 'message',
      text,
      ...(field === undefined ? {} : { extra: { field } }),
      ...(details.length === 0 ? {} : { details }),
    },
  ]
}

/** Content is a text, or with Mistral a list of texts and thoughts. */
function contentPieces(content: Json | undefined): readonly Piece[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return listOf(content)
    .filter(isObject)
    .flatMap((block): readonly Piece[] => {
      if (block.type === 'thinking') return [{ type: 'reasoning', slot: 'message', text: joinedText(block.thinking) }]
      return block.type === 'text' ? [{ type: 'text', text: joinedText(block.text) }] : []
    })
}

/** What OpenRouter's models draw comes as data URLs. */
function imagePieces(image: Json): readonly Piece[] {
  const url = textOf(objectOf(objectOf(image)?.image_url)?.url) ?? ''
  const [, mediaType, data] = /^data:([\w.+-]+\/[\w.+-]+);base64,(.+)$/s.exec(url) ?? []
  return mediaType === undefined || data === undefined ? [] : [{ type: 'media', mediaType, data }]
}

const joinedText = (value: Json | undefined): string =>
  textOf(value) ??
  listOf(value)
    .map((one) => textOf(objectOf(one)?.text) ?? '')
    .join('')

function callDelta(call: JsonObject): CallDelta {
  const fn = objectOf(call.function) ?? {}
  const args = isObject(fn.arguments) ? JSON.stringify(fn.arguments) : textOf(fn.arguments)
  const extra = objectOf(call.extra_content)
  return {
    index: countOf(call.index),
    id: textOf(call.id),
    name: textOf(fn.name),
    args,
    extra: extra === undefined ? undefined : { extra_content: extra },
  }
}

const REASONS: Readonly<Record<string, StopReason>> = {
  stop: 'stop',
  end_turn: 'stop',
  eos: 'stop',
  stop_sequence: 'stop',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  tool_use: 'tool_calls',
  length: 'length',
  max_tokens: 'length',
  content_filter: 'content_filter',
  refusal: 'refusal',
}

function reasonPieces(reason: string): readonly Piece[] {
  if (reason === 'error') return [{ type: 'error', error: { kind: 'server_error', message: 'finish_reason is error' } }]
  return [{ type: 'reason', reason: REASONS[reason] ?? 'other' }]
}

function usagePieces(chunk: JsonObject, reasoningApart: boolean): readonly Piece[] {
  const usage = objectOf(chunk.usage) ?? objectOf(objectOf(chunk.x_groq)?.usage)
  if (usage === undefined) return []
  const input = objectOf(usage.prompt_tokens_details)
  const output = objectOf(usage.completion_tokens_details)
  const said = countOf(usage.completion_tokens)
  const reasoning = countOf(output?.reasoning_tokens)
  const counts: Counts = {
    input: countOf(usage.prompt_tokens),
    output: said === undefined || !reasoningApart ? said : said + (reasoning ?? 0),
    cacheRead: countOf(input?.cached_tokens) ?? countOf(usage.prompt_cache_hit_tokens),
    cacheWrite: countOf(input?.cache_write_tokens),
    reasoning,
  }
  return [{ type: 'usage', counts }]
}
