import type { GenerateRequest, JsonObject, World } from '@nacre/types'
import type { Clocks } from './clocks.js'
import type { HttpFetch } from './http.js'
import type { Piece } from './piece.js'
import type { Secret } from './secret.js'

/** How one vendor API is spoken: pure functions over JSON. `from` is the provider's name. */
export type Wire = {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  encode(request: GenerateRequest, from: string): JsonObject
  /** One event's data of a stream. */
  decodeEvent(data: JsonObject): readonly Piece[]
  /** A whole answer, from a server that does not stream. */
  decodeBody(body: JsonObject): readonly Piece[]
}

/** What an HTTP provider is made of. It reads no environment and no file. */
export type ProviderOptions = {
  /** Names the provider in messages, and marks what only it may be sent back. */
  readonly name: string
  /** With or without a trailing `/v1`; any path that names a version is taken as it is. */
  readonly baseUrl: string
  readonly fetch: HttpFetch
  readonly world: World
  /** The header that carries the key. Left out where a broker adds it. */
  readonly auth?: { readonly header: string; readonly value: Secret }
  readonly clocks?: Partial<Clocks>
}
