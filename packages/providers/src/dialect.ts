import { PICTURES } from './wire.js'

/** How a server's Chat Completions differ from OpenAI's. Only what a server was seen or says to want. */
export type Dialect = {
  /** The key of the answer's limit; OpenAI's own depends on the model. */
  readonly limitKey: 'max_tokens' | 'max_completion_tokens' | 'by_model'
  /** Whether the usage has to be asked for. */
  readonly streamOptions: boolean
  /** How reasoning is asked for: a word, OpenRouter's object, or a switch. */
  readonly reasoning: 'reasoning_effort' | 'reasoning' | 'thinking'
  /** Calls without a thought are refused: an empty one must go with them. */
  readonly callsNeedThought: boolean
  /** How JSON is asked for: by its schema, or as any JSON and the schema in words, or in words only. */
  readonly format: 'json_schema' | 'json_object' | 'words'
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
  callsNeedThought: false,
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
  // Its models go by names that the customer chose, which tell nothing.
  azure: { ...OPENAI, limitKey: 'max_completion_tokens', media: PICTURES },
  // It promises no form of an answer that is streamed or may call tools.
  groq: { ...PLAIN, limitKey: 'max_completion_tokens', format: 'words' },
  // It counts without being asked, and its API names no such option.
  mistral: { ...PLAIN, streamOptions: false, media: [...PICTURES, 'application/pdf'] },
  deepseek: { ...PLAIN, reasoning: 'thinking', callsNeedThought: true, format: 'json_object', media: [] },
  zai: { ...PLAIN, reasoning: 'thinking', format: 'json_object' },
  moonshot: { ...PLAIN, reasoning: 'thinking', format: 'json_object' },
  xai: { ...PLAIN, reasoningApart: true },
  openrouter: ROUTER,
  'vercel-gateway': ROUTER,
} as const satisfies Readonly<Record<string, Dialect>>
