import { stream as anthropicStream } from '@earendil-works/pi-ai/api/anthropic-messages'
import { stream as geminiStream } from '@earendil-works/pi-ai/api/google-generative-ai'
import { stream as chatStream } from '@earendil-works/pi-ai/api/openai-completions'
import { stream as responsesStream } from '@earendil-works/pi-ai/api/openai-responses'

/** pi-ai's own streams of events, each of which carries the message so far. */
const reader = (api, stream, version) => async (base) => {
  const model = {
    id: 'bench-1',
    name: 'bench',
    api,
    provider: 'bench',
    baseUrl: `${base}${version}`,
    reasoning: false,
    input: ['text'],
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    contextWindow: 128_000,
    maxTokens: 8192,
  }
  const context = { messages: [{ role: 'user', content: 'Go on.', timestamp: 0 }] }
  let chars = 0
  for await (const event of stream(model, context, { apiKey: 'none' })) {
    if (event.type === 'error') throw new Error(event.error.errorMessage)
    if (event.type === 'text_delta') chars += event.delta.length
  }
  return chars
}

export const chat = reader('openai-completions', chatStream, '/v1')
export const responses = reader('openai-responses', responsesStream, '/v1')
export const anthropic = reader('anthropic-messages', anthropicStream, '')
export const gemini = reader('google-generative-ai', geminiStream, '/v1beta')
