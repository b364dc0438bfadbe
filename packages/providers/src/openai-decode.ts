import type { Json, JsonObject, StopReason } from '@nacre/types'
import { countOf, isObject, listOf, objectOf, textOf } from './loose.js'
import type { CallDelta, Counts, Piece } from './piece.js'
import { errorIn } from './vendor-text.js'

/**
 * The pieces of one Chat Completions chunk: of choice 0, the only one that was asked for, and the usage.
 * `reasoningApart`: the count of what was said leaves the reasoning out.
 */
export function decodeOpenAiChunk(chunk: JsonObject, reasoningApart: boolean): readonly Piece[] {
  const pieces: Piece[] = []
  const choices = listOf(chunk.choices)
  const choice = isFirst(choices[0]) ? choices[0] : choices.find(isFirst)
  if (choice !== undefined) addChoice(pieces, choice)
  addUsage(pieces, chunk, reasoningApart)
  return pieces
}

const isFirst = (choice: Json | undefined): choice is JsonObject =>
  isObject(choice) && (countOf(choice.index) ?? 0) === 0

/** The pieces of a completion that came in one piece; none where it is no completion. */
export function decodeOpenAiBody(body: JsonObject, reasoningApart: boolean): readonly Piece[] {
  const pieces = decodeOpenAiChunk(body, reasoningApart)
  const said = pieces.some((piece) => piece.type !== 'usage')
  return said ? [...pieces, { type: 'end' }] : []
}

// Chunks come by the thousand, most of them with one word in them: so each adds to one list.

function addChoice(pieces: Piece[], choice: JsonObject): void {
  const error = choice.error ? errorIn(choice) : undefined
  if (error !== undefined) return void pieces.push({ type: 'error', error })
  const said = objectOf(choice.delta) ?? objectOf(choice.message)
  if (said !== undefined) addSaid(pieces, said)
  const reason = textOf(choice.finish_reason)
  if (reason !== undefined) pieces.push(reasonPiece(reason))
}

function addSaid(pieces: Piece[], said: JsonObject): void {
  addReasoning(pieces, said)
  const text = textOf(said.content)
  if (text !== undefined) pieces.push({ type: 'text', text })
  else if (said.content !== undefined) addBlocks(pieces, said.content)
  if (said.images !== undefined) for (const image of listOf(said.images)) pieces.push(...imagePieces(image))
  const refusal = textOf(said.refusal)
  if (refusal !== undefined) pieces.push({ type: 'refusal', text: refusal })
  if (said.tool_calls !== undefined) addCalls(pieces, said.tool_calls)
  const legacy = objectOf(said.function_call)
  if (legacy !== undefined) pieces.push({ type: 'call', ...callDelta({ index: 0, function: legacy }) })
}

function addReasoning(pieces: Piece[], said: JsonObject): void {
  const field = reasoningField(said)
  if (field === undefined && said.reasoning_details === undefined) return
  const details = listOf(said.reasoning_details).filter(isObject)
  if (field === undefined && details.length === 0) return
  pieces.push({
    type: 'reasoning',
    slot: 'message',
    text: field === undefined ? '' : (textOf(said[field]) ?? ''),
    ...(field === undefined ? {} : { extra: { field } }),
    ...(details.length === 0 ? {} : { details }),
  })
}

function reasoningField(said: JsonObject): string | undefined {
  if (textOf(said.reasoning_content) !== undefined) return 'reasoning_content'
  return textOf(said.reasoning) === undefined ? undefined : 'reasoning'
}

/** Content is a list of texts and thoughts with Mistral. */
function addBlocks(pieces: Piece[], content: Json): void {
  for (const block of listOf(content)) {
    if (!isObject(block)) continue
    if (block.type === 'thinking') pieces.push({ type: 'reasoning', slot: 'message', text: joinedText(block.thinking) })
    else if (block.type === 'text') pieces.push({ type: 'text', text: joinedText(block.text) })
  }
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

function addCalls(pieces: Piece[], calls: Json): void {
  for (const call of listOf(calls)) if (isObject(call)) pieces.push({ type: 'call', ...callDelta(call) })
}

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

function reasonPiece(reason: string): Piece {
  if (reason === 'error') return { type: 'error', error: { kind: 'server_error', message: 'finish_reason is error' } }
  return { type: 'reason', reason: REASONS[reason] ?? 'other' }
}

function addUsage(pieces: Piece[], chunk: JsonObject, reasoningApart: boolean): void {
  const usage = objectOf(chunk.usage) ?? objectOf(objectOf(chunk.x_groq)?.usage)
  if (usage === undefined) return
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
  pieces.push({ type: 'usage', counts })
}
