import { createParser } from 'eventsource-parser'

const reader = (path: string, textOf: (event: BareEvent) => string | undefined) => async (base: string) => {
  const { body } = await fetch(`${base}${path}`, { method: 'POST', body: '{}' })
  let chars = 0
  const parser = createParser({
    onEvent({ data }) {
      if (data !== '[DONE]') chars += textOf(JSON.parse(data))?.length ?? 0
    },
  })
  const decoder = new TextDecoder()
  if (body !== null) for await (const bytes of body) parser.feed(decoder.decode(bytes, { stream: true }))
  return chars
}

/** The way to the word in an event of each vendor. */
type BareEvent = {
  readonly type?: string
  readonly choices: readonly { readonly delta: { readonly content?: string } }[]
  readonly delta: string & { readonly text?: string }
  readonly candidates: readonly { readonly content: { readonly parts: readonly { readonly text: string }[] } }[]
}

/** What cannot be left out, whatever the wire: the lines, and the JSON of each event. */
export const chat = reader('/v1/chat/completions', ({ choices }) => choices[0]?.delta.content)
export const responses = reader('/v1/responses', ({ type, delta }) =>
  type === 'response.output_text.delta' ? delta : undefined,
)
export const anthropic = reader('/v1/messages', ({ delta }) => delta?.text)
export const gemini = reader(
  '/v1beta/models/bench-1:streamGenerateContent',
  ({ candidates }) => candidates[0]?.content.parts[0]?.text,
)
