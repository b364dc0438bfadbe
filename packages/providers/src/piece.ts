import type { JsonObject, StopReason, Usage } from '@nacre/types'
import type { PartialArg } from './partial-args.js'

/**
 * What a wire's decoder makes of one vendor event: the same few words for every vendor. Decoders are functions of
 * one event; everything that spans events happens once, in the answer that gathers the pieces.
 */
export type Piece =
  | {
      readonly type: 'text'
      readonly text: string
      /** Pieces of one slot make one part; without one they go on with the text before. */
      readonly slot?: string | number
      readonly extra?: JsonObject
    }
  /** What the model says instead of an answer. */
  | { readonly type: 'refusal'; readonly text: string }
  | {
      readonly type: 'reasoning'
      /** Pieces of one slot make one part. */
      readonly slot: string | number
      readonly text: string
      readonly extra?: JsonObject
      readonly details?: readonly JsonObject[]
    }
  | ({ readonly type: 'call' } & CallDelta)
  /** Something drawn or spoken, whole, in base64. */
  | { readonly type: 'media'; readonly mediaType: string; readonly data: string; readonly extra?: JsonObject }
  /** What the vendor's own tool does; a later piece of a slot is put over the earlier. */
  | { readonly type: 'server'; readonly slot?: string | number; readonly name: string; readonly block: JsonObject }
  | { readonly type: 'usage'; readonly counts: Counts }
  | { readonly type: 'reason'; readonly reason: StopReason }
  /** The vendor says that nothing follows. */
  | { readonly type: 'end' }
  | { readonly type: 'error'; readonly error: VendorError }

/** A piece of a tool call, as loosely as it comes: any field may be missing, any may be repeated. */
export type CallDelta = {
  readonly index?: number | undefined
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly args?: string | undefined
  /** Arguments that count only where no `args` come. */
  readonly wholeArgs?: string | undefined
  /** Arguments that come value by value, see `PartialArg`. */
  readonly partialArgs?: readonly PartialArg[] | undefined
  readonly extra?: JsonObject | undefined
  /** Belongs to a call already begun, or to nothing. */
  readonly onlyKnown?: true
}

/** Token counts as they trickle in; a later one of a kind replaces an earlier one. `fresh` is input not from a cache. */
export type Counts = Partial<
  Record<'input' | 'fresh' | 'output' | 'cacheRead' | 'cacheWrite' | 'reasoning' | 'serverTools', number | undefined>
>

export type VendorError = {
  readonly kind: string
  readonly message: string
  /** How long the body asks to wait, in milliseconds. */
  readonly afterMs?: number
}

/** Puts later counts over those of their kind. Named one by one, for Gemini counts with each word. */
export function countLater(counts: Counts, later: Counts): void {
  counts.input = later.input ?? counts.input
  counts.fresh = later.fresh ?? counts.fresh
  counts.output = later.output ?? counts.output
  counts.cacheRead = later.cacheRead ?? counts.cacheRead
  counts.cacheWrite = later.cacheWrite ?? counts.cacheWrite
  counts.reasoning = later.reasoning ?? counts.reasoning
  counts.serverTools = later.serverTools ?? counts.serverTools
}

/** The usage that counts add up to, or nothing where the vendor counted nothing. */
export function usageOf(counts: Counts): Usage | undefined {
  const { cacheRead, cacheWrite, reasoning, serverTools, output } = counts
  const summed = counts.fresh === undefined ? undefined : counts.fresh + (cacheRead ?? 0) + (cacheWrite ?? 0)
  const input = counts.input ?? summed
  if (input === undefined && output === undefined) return undefined
  return {
    inputTokens: input ?? 0,
    outputTokens: output ?? 0,
    ...(cacheRead === undefined ? {} : { cacheReadTokens: cacheRead }),
    ...(cacheWrite === undefined ? {} : { cacheWriteTokens: cacheWrite }),
    ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
    ...(serverTools === undefined ? {} : { serverToolTokens: serverTools }),
  }
}
