import { createParser } from 'eventsource-parser'
import { request } from 'undici'

/** What cannot be left out: the bytes, the lines, the JSON. */
export async function answer(base: string): Promise<number> {
  const { body } = await request(`${base}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'bench-1', stream: true, messages: [{ role: 'user', content: 'Go on.' }] }),
  })
  let chars = 0
  const parser = createParser({
    onEvent({ data }) {
      if (data === '[DONE]') return
      const text: unknown = JSON.parse(data).choices[0]?.delta?.content
      if (typeof text === 'string') chars += text.length
    },
  })
  const decoder = new TextDecoder()
  for await (const bytes of body) parser.feed(decoder.decode(bytes, { stream: true }))
  return chars
}
