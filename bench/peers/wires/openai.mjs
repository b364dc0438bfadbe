import OpenAI from 'openai'

const client = (base) => new OpenAI({ baseURL: `${base}/v1`, apiKey: 'none', maxRetries: 0 })

/** The raw chunks, which nobody puts together. */
export async function chat(base) {
  const messages = [{ role: 'user', content: 'Go on.' }]
  const stream_options = { include_usage: true }
  const stream = await client(base).chat.completions.create({
    model: 'bench-1',
    messages,
    stream: true,
    stream_options,
  })
  let chars = 0
  for await (const chunk of stream) chars += chunk.choices[0]?.delta.content?.length ?? 0
  return chars
}

export async function responses(base) {
  const stream = await client(base).responses.create({ model: 'bench-1', input: 'Go on.', stream: true })
  let chars = 0
  for await (const event of stream) if (event.type === 'response.output_text.delta') chars += event.delta.length
  return chars
}
