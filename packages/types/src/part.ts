import type { BlobHash, CallId } from './ids.js'

/** Any JSON value. Tool arguments and provider extras are kept as these. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/** `extra` only in a model's answer: what the vendor must get back with it. */
export type TextPart = { readonly type: 'text'; readonly text: string; readonly extra?: JsonObject }
/** Bytes kept beside the log. `preview` is what a model or a face sees without fetching them. */
export type BlobPart = {
  readonly type: 'blob'
  readonly hash: BlobHash
  readonly mediaType: string
  readonly sizeBytes: number
  readonly preview: string
}
/** What people and tools say. */
export type ContentPart = TextPart | BlobPart

/**
 * The bytes of an image, a sound, a film or a PDF, in base64. A model's input or output only: the log keeps a `blob`,
 * and whoever calls a model puts the bytes in its place.
 */
export type MediaPart = {
  readonly type: 'media'
  readonly mediaType: string
  readonly data: string
  /** A file's name, where it has one. */
  readonly name?: string
  readonly extra?: JsonObject
}

/** `extra` is what the vendor must get back unchanged (a signature, an encrypted block). */
export type ReasoningPart = { readonly type: 'reasoning'; readonly text: string; readonly extra?: JsonObject }
/** A tool call as the model made it. `argsText` should be a JSON object, and is kept as it came even where it is not. */
export type CallPart = {
  readonly type: 'call'
  readonly call: CallId
  readonly name: string
  readonly argsText: string
  readonly extra?: JsonObject
}
/** What a vendor's own tool did within an answer, as the vendor told it; `name` is its word for it. It goes back as it is. */
export type ServerPart = { readonly type: 'server'; readonly name: string; readonly extra: JsonObject }
/** What a model says. */
export type AnswerPart = TextPart | ReasoningPart | CallPart | MediaPart | ServerPart

/** One message of a model's context. A tool message holds the results of one step's calls, in call order. */
export type Message =
  | { readonly role: 'user'; readonly parts: readonly (ContentPart | MediaPart)[] }
  | { readonly role: 'assistant'; readonly parts: readonly AnswerPart[] }
  | { readonly role: 'tool'; readonly results: readonly ToolResultPart[] }
export type ToolResultPart = {
  readonly call: CallId
  readonly name: string
  readonly parts: readonly (ContentPart | MediaPart)[]
  readonly isError: boolean
}

/** Tokens of one model call as the provider counted them. `inputTokens` includes the cached ones. */
export type Usage = {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens?: number
  readonly cacheWriteTokens?: number
  /** Part of `outputTokens`. */
  readonly reasoningTokens?: number
  /** What the vendor's own tools read, where it is counted apart from `inputTokens`. */
  readonly serverToolTokens?: number
}

/** An answer's parts, as JSON, are at most this long; a model that says more is stopped as at its own limit. */
export const ANSWER_LIMIT_BYTES = 160 * 1024

/** Parts larger than this many UTF-8 bytes go into a blob, and the event names it. */
export const PART_LIMIT_BYTES = 32 * 1024
