import type { AnswerPart, JsonObject, Message, Usage } from './part.js'

/** A tool as a model sees it. `parameters` is a JSON Schema (2020-12) of an object. */
export type ToolSpec = { readonly name: string; readonly description: string; readonly parameters: JsonObject }

/** Everything one model call depends on. */
export type GenerateRequest = {
  readonly model: string
  readonly system: string
  readonly messages: readonly Message[]
  readonly tools: readonly ToolSpec[]
  /** `none`: the tools are named, and may not be called. */
  readonly toolChoice?: 'none'
  readonly maxOutputTokens?: number
}

export type StopReason = 'stop' | 'tool_calls' | 'length' | 'content_filter' | 'refusal' | 'other'

/**
 * What a model call yields: deltas as they come, then exactly one `finished`, or a Fault is thrown; never both.
 * `parts` of `finished` is the whole answer, put together once; call ids in it are the provider's own until
 * the runtime gives them theirs.
 */
export type ModelEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  /** A piece of the arguments of the answer's `index`-th call; the first of a call carries its name. */
  | { readonly type: 'args'; readonly index: number; readonly name: string; readonly text: string }
  | {
      readonly type: 'finished'
      readonly reason: StopReason
      readonly parts: readonly AnswerPart[]
      readonly usage?: Usage
    }

/** One model API. Faults: `provider_error`, `rate_limited`, `unauthenticated`, `unavailable`, `timeout`, `stream_cut`, `cancelled`. */
export interface Provider {
  readonly name: string
  generate(request: GenerateRequest, options: { signal: AbortSignal }): AsyncIterable<ModelEvent>
}
