import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Said = {
  readonly text: string
  readonly calls?: readonly { readonly name: string; readonly args: unknown }[]
}
type Message = { role: string; content?: unknown }

/**
 * A model behind the OpenAI wire, for the daemon's tests: what it says depends on the last user message and on how many
 * rounds of tools came after it, and it streams word by word.
 */
export async function modelServer(
  say: (text: string, round: number) => Said,
  pause: () => Promise<void> = async () => undefined,
) {
  const requests: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = []
  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString('utf8')
    requests.push({ headers: incoming.headers, body })
    response.on('error', () => undefined)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const { text, round } = lastInput((JSON.parse(body) as { messages: Message[] }).messages)
    for (const piece of pieces(say(text, round))) {
      await pause()
      response.write(`data: ${JSON.stringify(piece)}\n\n`)
    }
    response.end('data: [DONE]\n\n')
  }
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function lastInput(messages: readonly Message[]): { text: string; round: number } {
  const at = messages.findLastIndex((message) => message.role === 'user')
  const content = messages[at]?.content
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  const after = messages.slice(at + 1).filter((message) => message.role === 'assistant').length
  return { text, round: after }
}

function* pieces({ text, calls = [] }: Said) {
  const chunk = (delta: object, finish: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason: finish }],
  })
  yield chunk({ role: 'assistant', content: '' })
  for (const word of text.match(/\S+\s*/g) ?? []) yield chunk({ content: word })
  for (const [index, { name, args }] of calls.entries()) {
    yield chunk({ tool_calls: [{ index, id: `call_${index}`, type: 'function', function: { name, arguments: '' } }] })
    yield chunk({ tool_calls: [{ index, function: { arguments: JSON.stringify(args) } }] })
  }
  yield chunk({}, calls.length > 0 ? 'tool_calls' : 'stop')
  yield { choices: [], usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } }
}

/** Configuration that makes a place use the server, with a key that must never be seen anywhere. */
export const usingModel = (baseUrl: string, key: string) => ({
  'providers.toml': `[providers.registry.local]\nprovider_type = "openai"\nbase_url = "${baseUrl}"\napi_key = "${key}"\n`,
  'agent.toml': `[selection]\nprovider = "local"\nmodel = "test"\n`,
})
