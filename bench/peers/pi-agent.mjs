import { agentLoop } from '@earendil-works/pi-agent-core'
import { createModels, createProvider } from '@earendil-works/pi-ai'
import { openAICompletionsApi } from '@earendil-works/pi-ai/api/openai-completions.lazy'

/** pi's agent loop over its OpenAI provider; each delta handed to whoever iterates. */
export async function answer(base) {
  const baseUrl = `${base}/v1`
  const model = {
    id: 'bench-1',
    name: 'bench',
    api: 'openai-completions',
    provider: 'bench',
    baseUrl,
    reasoning: false,
    input: ['text'],
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    contextWindow: 128_000,
    maxTokens: 8192,
  }
  const auth = { apiKey: { name: 'bench', resolve: async () => ({ auth: { apiKey: 'none' } }) } }
  const models = createModels()
  models.setProvider(
    createProvider({ id: 'bench', name: 'bench', baseUrl, auth, models: [model], api: openAICompletionsApi() }),
  )
  const config = { model, convertToLlm: (messages) => messages }
  const asked = { role: 'user', content: 'Go on.', timestamp: 0 }
  const events = agentLoop([asked], { messages: [], tools: [] }, config, undefined, models.streamSimple.bind(models))
  let chars = 0
  for await (const event of events) {
    const said = event.type === 'message_update' ? event.assistantMessageEvent : undefined
    if (said?.type === 'text_delta') chars += said.delta.length
  }
  return chars
}
