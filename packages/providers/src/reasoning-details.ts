import type { JsonObject } from '@nacre/types'
import { textOf } from './loose.js'

/**
 * Adds one of OpenRouter's streamed `reasoning_details` to those that came before. Pieces of one text are joined;
 * encrypted blocks and whatever else it may be are kept as they are, since they must go back unchanged.
 */
export function mergeDetails(details: JsonObject[], next: JsonObject): void {
  const last = details.at(-1)
  if (last === undefined || !sameBlock(last, next)) {
    details.push(next)
    return
  }
  const field = next.type === 'reasoning.summary' ? 'summary' : 'text'
  details[details.length - 1] = { ...last, ...next, [field]: (textOf(last[field]) ?? '') + (textOf(next[field]) ?? '') }
}

const sameBlock = (last: JsonObject, next: JsonObject) =>
  (next.type === 'reasoning.text' || next.type === 'reasoning.summary') &&
  last.type === next.type &&
  last.index === next.index &&
  // A signature ends its block.
  textOf(last.signature) === undefined
