import type { Json, JsonObject, StopReason } from '@nacre/types'
import { countOf, isObject, listOf, objectOf, textOf } from './loose.js'
import type { PartialArg } from './partial-args.js'
import type { Counts, Piece } from './piece.js'

/** The pieces of one GenerateContentResponse: of a stream's every event, and of a body that is whole. */
export function decodeGemini(chunk: JsonObject): readonly Piece[] {
  const pieces: Piece[] = []
  const candidate = listOf(chunk.candidates).find(isFirst)
  if (candidate !== undefined) addCandidate(pieces, candidate)
  pieces.push(...usagePieces(objectOf(chunk.usageMetadata)), ...blockPieces(chunk))
  return pieces
}

const isFirst = (candidate: Json): candidate is JsonObject =>
  isObject(candidate) && (countOf(candidate.index) ?? 0) === 0

function addCandidate(pieces: Piece[], candidate: JsonObject): void {
  for (const part of listOf(objectOf(candidate.content)?.parts)) if (isObject(part)) pieces.push(...partPieces(part))
  pieces.push(...reasonPieces(candidate))
}

/** Where the question is refused there is no candidate at all. */
function blockPieces(chunk: JsonObject): readonly Piece[] {
  const why = objectOf(chunk.promptFeedback)?.blockReason
  return why === undefined || why === null ? [] : [{ type: 'reason', reason: 'content_filter' }]
}

function partPieces(part: JsonObject): readonly Piece[] {
  const signature = textOf(part.thoughtSignature)
  const extra = signature === undefined ? {} : { extra: { thoughtSignature: signature } }
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

function reasonPieces(candidate: JsonObject): readonly Piece[] {
  const reason = nameOf(candidate.finishReason)
  if (reason === undefined) return []
  if (reason === 'MALFORMED_FUNCTION_CALL') {
    const message = textOf(candidate.finishMessage) ?? 'the model wrote a tool call that cannot be read'
    return [{ type: 'error', error: { kind: 'internal', message } }]
  }
  return [{ type: 'reason', reason: REASONS[reason] ?? 'other' }]
}

function nameOf(reason: Json | undefined): string | undefined {
  if (typeof reason !== 'number') return textOf(reason)
  return reason === 0 ? undefined : (NUMBERED[reason] ?? 'OTHER')
}

function usagePieces(usage: JsonObject | undefined): readonly Piece[] {
  const [said, thought] = [countOf(usage?.candidatesTokenCount), countOf(usage?.thoughtsTokenCount)]
  const input = countOf(usage?.promptTokenCount)
  if (input === undefined) return []
  const counts: Counts = {
    input,
    output: (said ?? 0) + (thought ?? 0),
    cacheRead: countOf(usage?.cachedContentTokenCount),
    reasoning: thought,
    serverTools: countOf(usage?.toolUsePromptTokenCount),
  }
  return [{ type: 'usage', counts }]
}
