import Anthropic from '@anthropic-ai/sdk'

/** The raw events, which nobody puts together. */
export async function anthropic(base) {
  const client = new Anthropic({ baseURL: base, apiKey: 'none', maxRetries: 0 })
  const messages = [{ role: 'user', content: 'Go on.' }]
  const stream = await client.messages.create({ model: 'bench-1', max_tokens: 8192, messages, stream: true })
  let chars = 0
  for await (const event of stream)
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') chars += event.delta.text.length
  return chars
}
