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
  /** What the model can be shown beside text. Left out: all that its API can carry. */
  readonly inputs?: readonly Modality[]
  readonly reasoning?: Reasoning
  /** The answer is to be JSON of this JSON Schema; `name` is letters, digits, `_` and `-`. */
  readonly responseFormat?: { readonly name: string; readonly schema: JsonObject }
  readonly cache?: CacheUse
  readonly providerOptions?: VendorOptions
}

export type Modality = 'image' | 'audio' | 'video' | 'pdf'

/** How hard the model should think: in words, which each vendor translates, or in tokens, which not every vendor takes. */
export type Reasoning = { readonly effort: ReasoningEffort } | { readonly budgetTokens: number }
export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'max'

/** How long the vendor should keep the prefix: not, as usual (minutes), or long (an hour or more, at a price). */
export type CacheUse = 'off' | 'short' | 'long'

/** What only one vendor has. A provider reads its own entry. Tools in it are the vendor's own, declared as it wants them. */
export type VendorOptions = {
  readonly openai?: {
    readonly tools?: readonly JsonObject[]
    /** Sends like requests to like caches. */
    readonly cacheKey?: string
    readonly reasoningSummary?: 'auto' | 'concise' | 'detailed'
    readonly verbosity?: 'low' | 'medium' | 'high'
  }
  readonly anthropic?: { readonly tools?: readonly JsonObject[]; readonly betas?: readonly string[] }
  readonly gemini?: {
    readonly tools?: readonly JsonObject[]
    readonly safetySettings?: readonly JsonObject[]
    /** Names a cache that was made before; with it neither system nor tools are sent. */
    readonly cachedContent?: string
    /** What the answer may hold; `['TEXT', 'IMAGE']` where a model draws. */
    readonly responseModalities?: readonly string[]
  }
  readonly ollama?: {
    /** Tokens of context; the server's own default is small. */
    readonly numCtx?: number
    /** How long the model stays loaded: seconds, or a duration such as `10m`; -1 is for ever. */
    readonly keepAlive?: number | string
  }
  readonly cohere?: { readonly safetyMode?: 'CONTEXTUAL' | 'STRICT' | 'OFF' }
}

/** `pause`: the vendor stopped in the middle of its own tools; sent its answer back, it goes on. */
export type StopReason = 'stop' | 'tool_calls' | 'length' | 'content_filter' | 'refusal' | 'pause' | 'other'

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
      /** Who answered, where the provider is made of several. */
      readonly by?: ModelName
    }

/** A model of a provider. */
export type ModelName = { readonly provider: string; readonly model: string }

/** One model API. Faults: `provider_error`, `rate_limited`, `unauthenticated`, `unavailable`, `timeout`, `stream_cut`, `cancelled`. */
export interface Provider {
  readonly name: string
  generate(request: GenerateRequest, options: { signal: AbortSignal }): AsyncIterable<ModelEvent>
}
