import type { GenerateRequest, JsonObject, World } from '@nacre/types'
import type { Clocks } from './clocks.js'
import type { HttpFetch } from './http.js'
import type { Piece } from './piece.js'
import type { Secret } from './secret.js'

/** How one vendor API is spoken: pure functions over JSON. `from` is the provider's name. */
export type Wire = {
  headers(request: GenerateRequest): Readonly<Record<string, string>>
  encode(request: GenerateRequest, from: string): JsonObject
  /** One event's data of a stream. */
  decodeEvent(data: JsonObject): readonly Piece[]
  /** A whole answer, or one of a list, from a server that does not stream. */
  decodeBody(body: JsonObject): readonly Piece[]
  readonly media: MediaRule
}

/** The media types that a wire can carry, each by its beginning: in what people say, and in a tool's result. */
export type MediaRule = { readonly said: readonly string[]; readonly results: readonly string[] }

/** Pictures that nearly every vendor takes. */
export const PICTURES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] as const

/** The way to a wire: what must be known before it is needed. The rest is loaded with the first call. */
export type Door = {
  /** Below the base URL; may end with a query. */
  path(model: string): string
  /** What a base URL gets that names no version. */
  readonly version: string
  /** How the answer's events are told apart: server-sent events, or one JSON text a line. */
  readonly framing: 'sse' | 'ndjson'
  load(): Promise<Wire>
}

/** What an HTTP provider is made of. It reads no environment and no file. */
export type ProviderOptions = {
  /** Names the provider in messages, and marks what only it may be sent back. */
  readonly name: string
  /** With or without a version (`/v1`); any path that names one is taken as it is. */
  readonly baseUrl: string
  readonly fetch: HttpFetch
  readonly world: World
  /** The header that carries the key. Left out where a broker adds it. */
  readonly auth?: { readonly header: string; readonly value: Secret }
  readonly clocks?: Partial<Clocks>
}
