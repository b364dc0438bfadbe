import type { Provider } from '@nacre/types'
import { type Dialect, OPENAI } from './dialect.js'
import { modelPath } from './endpoint.js'
import type { Door, ProviderOptions } from './wire.js'
import { wireProvider } from './wire-provider.js'

/** The ways to the wires, none of which is loaded before the first call. */

const chatDoor = (dialect: Dialect): Door => ({
  path: () => '/chat/completions',
  version: '/v1',
  framing: 'sse',
  load: async () => (await import('./openai-chat.js')).chatWire(dialect),
})

export const DOORS = {
  openai_chat: chatDoor(OPENAI),
  openai_responses: {
    path: () => '/responses',
    version: '/v1',
    framing: 'sse',
    load: async () => (await import('./openai-responses.js')).RESPONSES_WIRE,
  },
  anthropic: {
    path: () => '/messages',
    version: '/v1',
    framing: 'sse',
    load: async () => (await import('./anthropic-messages.js')).ANTHROPIC_WIRE,
  },
  anthropic_vertex: {
    path: (model) => `${modelPath(model)}:streamRawPredict`,
    version: '/v1',
    framing: 'sse',
    load: async () => (await import('./anthropic-messages.js')).VERTEX_WIRE,
  },
  gemini: {
    path: (model) => `${modelPath(model)}:streamGenerateContent?alt=sse`,
    version: '/v1beta',
    framing: 'sse',
    load: async () => (await import('./gemini.js')).GEMINI_WIRE,
  },
  ollama: {
    path: () => '/chat',
    version: '/api',
    framing: 'ndjson',
    load: async () => (await import('./ollama.js')).OLLAMA_WIRE,
  },
  cohere: {
    path: () => '/chat',
    version: '/v2',
    framing: 'sse',
    load: async () => (await import('./cohere.js')).COHERE_WIRE,
  },
} as const satisfies Readonly<Record<string, Door>>

/** The APIs that are spoken here. */
export type WireName = keyof typeof DOORS

/**
 * A model behind OpenAI's Chat Completions API, or one of the many that speak it; `dialect` says how theirs differs.
 * Throws a Fault `invalid_input` where the base URL is none, as do the others.
 */
export const openaiChat = (options: ProviderOptions, dialect: Dialect = OPENAI): Provider =>
  wireProvider(dialect === OPENAI ? DOORS.openai_chat : chatDoor(dialect), options)

/** A model behind OpenAI's Responses API. Nothing is kept at the vendor. */
export const openaiResponses = (options: ProviderOptions): Provider => wireProvider(DOORS.openai_responses, options)

/** A model behind Anthropic's Messages API. Without `maxOutputTokens` a request allows 8192, and room for its thoughts. */
export const anthropicMessages = (options: ProviderOptions): Provider => wireProvider(DOORS.anthropic, options)

/** Claude on Vertex AI. The base URL ends with `…/publishers/anthropic`, the key is `Bearer` and an access token. */
export const anthropicVertex = (options: ProviderOptions): Provider => wireProvider(DOORS.anthropic_vertex, options)

/** Gemini of AI Studio, or of Vertex AI where the base URL ends with `…/publishers/google`. */
export const gemini = (options: ProviderOptions): Provider => wireProvider(DOORS.gemini, options)

/** A model behind Ollama's own chat API. */
export const ollama = (options: ProviderOptions): Provider => wireProvider(DOORS.ollama, options)

/** A model behind Cohere's chat API. */
export const cohere = (options: ProviderOptions): Provider => wireProvider(DOORS.cohere, options)
