import type { Json, JsonObject, StopReason } from '@nacre/types'
import { countOf, isObject, listOf, objectOf, textOf } from './loose.js'
import type { PartialArg } from './partial-args.js'
import type { Counts, Piece } from './piece.js'

/** The pieces of one GenerateContentResponse: of a stream's every event, and of a body that is whole. */
export function decodeGemini(chunk: JsonObject): readonly Piece[] {
  const pieces: Piece[] = []
  const candidates = listOf(chunk.candidates)
  const candidate = isFirst(candidates[0]) ? candidates[0] : candidates.find(isFirst)
  if (candidate !== undefined) addCandidate(pieces, candidate)
  addUsage(pieces, objectOf(chunk.usageMetadata))
  // Where the question is refused there is no candidate at all.
  const why = objectOf(chunk.promptFeedback)?.blockReason
  if (why !== undefined && why !== null) pieces.push({ type: 'reason', reason: 'content_filter' })
  return pieces
}

const isFirst = (candidate: Json | undefined): candidate is JsonObject =>
  isObject(candidate) && (countOf(candidate.index) ?? 0) === 0

// Chunks come by the thousand, most of them with one word in them: so each adds to one list.

function addCandidate(pieces: Piece[], candidate: JsonObject): void {
  for (const part of listOf(objectOf(candidate.content)?.parts)) if (isObject(part)) addPart(pieces, part)
  addReason(pieces, candidate)
}

function addPart(pieces: Piece[], part: JsonObject): void {
  const signature = textOf(part.thoughtSignature)
  const plain = signature === undefined && part.thought !== true && part.functionCall === undefined
  if (plain && typeof part.text === 'string' && part.inlineData === undefined)
    pieces.push({ type: 'text', text: part.text })
  else pieces.push(...partPieces(part, signature === undefined ? {} : { extra: { thoughtSignature: signature } }))
}

function partPieces(part: JsonObject, extra: { readonly extra?: JsonObject }): readonly Piece[] {
  const call = objectOf(part.functionCall)
  if (call !== undefined) return [{ type: 'call', ...callDelta(call), ...extra }]
  const drawn = objectOf(part.inlineData)
  const data = textOf(drawn?.data)
  if (data !== undefined) return [{ type: 'media', mediaType: textOf(drawn?.mimeType) ?? 'image/png', data, ...extra }]
  if (typeof part.text === 'string')
    return part.thought === true
      ? [{ type: 'reasoning', slot: 'thoughts', text: part.text, ...extra }]
      : [{ type: 'text', text: part.text, ...extra }]
  const name = Object.keys(part).find((key) => isObject(part[key]))
  return name === undefined ? [] : [{ type: 'server', name, block: part }]
}

/** A call that comes in pieces is named in the first; what has no name goes on with the last. */
function callDelta(call: JsonObject) {
  const args = objectOf(call.args)
  const values = listOf(call.partialArgs).filter(isObject).flatMap(partialArg)
  return {
    id: textOf(call.id),
    name: textOf(call.name),
    ...(args === undefined ? {} : { args: JSON.stringify(args) }),
    ...(values.length === 0 ? {} : { partialArgs: values }),
  }
}

function partialArg(arg: JsonObject): readonly PartialArg[] {
  const path = textOf(arg.jsonPath)
  const value = 'nullValue' in arg ? null : (arg.stringValue ?? arg.numberValue ?? arg.boolValue)
  if (path === undefined || value === undefined || (typeof value === 'object' && value !== null)) return []
  return [{ path, value, goesOn: arg.willContinue === true }]
}

const REASONS: Readonly<Record<string, StopReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
}

/** Vertex AI may number its reasons; the first few are the same everywhere. */
const NUMBERED: readonly string[] = ['', 'STOP', 'MAX_TOKENS', 'SAFETY', 'RECITATION']

function addReason(pieces: Piece[], candidate: JsonObject): void {
  const reason = nameOf(candidate.finishReason)
  if (reason === undefined) return
  if (reason === 'MALFORMED_FUNCTION_CALL') {
    const message = textOf(candidate.finishMessage) ?? 'the model wrote a tool call that cannot be read'
    pieces.push({ type: 'error', error: { kind: 'internal', message } })
  } else pieces.push({ type: 'reason', reason: REASONS[reason] ?? 'other' })
}

function nameOf(reason: Json | undefined): string | undefined {
  if (typeof reason !== 'number') return textOf(reason)
  return reason === 0 ? undefined : (NUMBERED[reason] ?? 'OTHER')
}

function addUsage(pieces: Piece[], usage: JsonObject | undefined): void {
  const input = countOf(usage?.promptTokenCount)
  if (usage === undefined || input === undefined) return
  const thought = countOf(usage.thoughtsTokenCount)
  const counts: Counts = {
    input,
    output: (countOf(usage.candidatesTokenCount) ?? 0) + (thought ?? 0),
    cacheRead: countOf(usage.cachedContentTokenCount),
    reasoning: thought,
    serverTools: countOf(usage.toolUsePromptTokenCount),
  }
  pieces.push({ type: 'usage', counts })
}
