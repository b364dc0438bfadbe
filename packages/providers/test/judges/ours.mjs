import * as conversation from './conversation.mjs'

const { FORM, MAX_TOKENS, MODELS, PNG, QUESTION, RESULTS, STREAMS, SYSTEM, TOOLS } = conversation

const PROVIDERS = {
  'openai-chat': 'openaiChat',
  'openai-responses': 'openaiResponses',
  'anthropic-messages': 'anthropicMessages',
  gemini: 'gemini',
  'ollama-chat': 'ollama',
  'cohere-v2': 'cohere',
}

/** The second request of the conversation as we send it: where, and the body. `providers` is the package. */
export async function ourRequest(providers, wire) {
  const sent = []
  const fetch = async (url, { body }) => {
    sent.push({ url, body: JSON.parse(body) })
    const bytes = new TextEncoder().encode(STREAMS[wire])
    return {
      status: 200,
      headers: { get: () => undefined },
      body: (async function* () {
        yield bytes
      })(),
    }
  }
  const world = { now: () => 0, sleep: () => new Promise(() => {}), id: () => 'x', random: () => 0 }
  const provider = providers[PROVIDERS[wire]]({ name: 'vendor', baseUrl: 'http://vendor.test', fetch, world })
  const png = { type: 'media', mediaType: 'image/png', data: PNG }
  const question = { role: 'user', parts: [{ type: 'text', text: QUESTION }, png] }
  const request = {
    model: MODELS[wire],
    system: SYSTEM,
    tools: TOOLS,
    maxOutputTokens: MAX_TOKENS,
    reasoning: { effort: 'high' },
    responseFormat: { name: 'answer', schema: FORM },
  }
  const parts = await answerOf(provider, { ...request, messages: [question] })
  const results = parts.flatMap((part) => (part.type === 'call' ? [resultOf(part)] : []))
  const messages = [question, { role: 'assistant', parts }, { role: 'tool', results }]
  await answerOf(provider, { ...request, messages })
  return sent[1]
}

async function answerOf(provider, request) {
  for await (const event of provider.generate(request, { signal: new AbortController().signal }))
    if (event.type === 'finished') return event.parts
  throw new Error('the answer did not finish')
}

function resultOf({ call, name }) {
  const { error, output } = RESULTS[name]
  return { call, name, parts: [{ type: 'text', text: error ?? output }], isError: error !== undefined }
}
