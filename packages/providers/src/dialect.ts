import { PICTURES } from './media.js'

/** How a server's Chat Completions differ from OpenAI's. Only what a server was seen or says to want. */
export type Dialect = {
  /** The key of the answer's limit; OpenAI's own depends on the model. */
  readonly limitKey: 'max_tokens' | 'max_completion_tokens' | 'by_model'
  /** Whether the usage has to be asked for. */
  readonly streamOptions: boolean
  /** How reasoning is asked for: a word, OpenRouter's object, or a switch. */
  readonly reasoning: 'reasoning_effort' | 'reasoning' | 'thinking'
  /** `json_schema`, or only `json_object`, where the schema is told in words. */
  readonly format: 'json_schema' | 'json_object'
  /** Claude behind a router wants its cache marks, as with Anthropic. */
  readonly marksClaude: boolean
  /** `completion_tokens` leaves the reasoning out. */
  readonly reasoningApart: boolean
  /** The media types, by their beginnings, that a user's message can hold. */
  readonly media: readonly string[]
}

/** What most servers that speak it have in common. */
export const PLAIN: Dialect = {
  limitKey: 'max_tokens',
  streamOptions: true,
  reasoning: 'reasoning_effort',
  format: 'json_schema',
  marksClaude: false,
  reasoningApart: false,
  media: PICTURES,
}

const DOCUMENTS = [...PICTURES, 'audio/wav', 'audio/mpeg', 'application/pdf']

/** OpenAI's own. */
export const OPENAI: Dialect = { ...PLAIN, limitKey: 'by_model', media: DOCUMENTS }

const ROUTER: Dialect = { ...PLAIN, reasoning: 'reasoning', marksClaude: true, media: DOCUMENTS }

/** By the name of the vendor; one that is not here speaks `PLAIN`. */
export const DIALECTS = {
  openai: OPENAI,
  azure: { ...OPENAI, media: PICTURES },
  groq: { ...PLAIN, limitKey: 'max_completion_tokens' },
  // It counts without being asked, and its API names no such option.
  mistral: { ...PLAIN, streamOptions: false, media: [...PICTURES, 'application/pdf'] },
  deepseek: { ...PLAIN, reasoning: 'thinking', format: 'json_object', media: [] },
  zai: { ...PLAIN, reasoning: 'thinking', format: 'json_object' },
  xai: { ...PLAIN, reasoningApart: true },
  openrouter: ROUTER,
  'vercel-gateway': ROUTER,
} as const satisfies Readonly<Record<string, Dialect>>
