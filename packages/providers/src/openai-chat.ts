import type { Provider } from '@nacre/types'
import { decodeOpenAiBody, decodeOpenAiChunk } from './openai-decode.js'
import { encodeOpenAi } from './openai-request.js'
import { wireProvider } from './stream.js'
import type { ProviderOptions, Wire } from './wire.js'

const WIRE: Wire = {
  path: '/chat/completions',
  headers: {},
  encode: encodeOpenAi,
  decodeEvent: decodeOpenAiChunk,
  decodeBody: decodeOpenAiBody,
}

/**
 * A model behind OpenAI's Chat Completions API, or one of the many that speak it (Mistral, Groq, DeepSeek, xAI,
 * OpenRouter, llama.cpp, Ollama, vLLM …). Throws a Fault `invalid_input` where the base URL is none.
 */
export const openaiChat = (options: ProviderOptions): Provider => wireProvider(WIRE, options)
