import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

// A model vendor that says a word every 50 ms to each of any number of callers, until they go away.

const EVERY_MS = 50
const CHUNK = `data: ${JSON.stringify({
  id: 'chatcmpl-Bx2kQ7mVdJ0aTn4yRzWcEoLh',
  object: 'chat.completion.chunk',
  created: 1_790_000_000,
  model: 'slow',
  choices: [{ index: 0, delta: { content: ' word' }, logprobs: null, finish_reason: null }],
})}\n\n`

async function say(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  await pause(Math.random() * EVERY_MS)
  for (; !response.destroyed; await pause(EVERY_MS)) response.write(CHUNK)
}

const server = createServer((request, response) => {
  request.resume().once('end', () => void say(response).catch(() => response.destroy()))
})
server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
process.once('disconnect', () => process.exit())
