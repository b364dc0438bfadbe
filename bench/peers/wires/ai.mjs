import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogle } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { streamText } from 'ai'

globalThis.AI_SDK_LOG_WARNINGS = false

/** The `ai` package over the provider of each vendor: its shortest stream, the one of texts. */
const reader = (model) => async (base) => {
  const { textStream } = streamText({ model: model(base), prompt: 'Go on.', maxRetries: 0 })
  let chars = 0
  for await (const text of textStream) chars += text.length
  return chars
}

const openai = (base) => createOpenAI({ baseURL: `${base}/v1`, apiKey: 'none' })

export const chat = reader((base) => openai(base).chat('bench-1'))
export const responses = reader((base) => openai(base).responses('bench-1'))
export const anthropic = reader((base) => createAnthropic({ baseURL: `${base}/v1`, apiKey: 'none' })('bench-1'))
export const gemini = reader((base) => createGoogle({ baseURL: `${base}/v1beta`, apiKey: 'none' })('bench-1'))
