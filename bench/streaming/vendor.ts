import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

// A model vendor that says the same long answer to whoever asks. It is a process of its own, so that its work is not
// counted. `/per/50/…` writes fifty events at once; every write leaves in a turn of the event loop of its own.

import { CHUNKS } from './answer.ts'

const WORDS = ['the', ' boat', ' needs', ' a', ' new', ' rope', ',', ' and', ' oars', '.\n']

const chunk = (delta: object, finish: string | null, more: object = {}) =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-Bx2kQ7mVdJ0aTn4yRzWcEoLh',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: 'bench-1',
    service_tier: 'default',
    system_fingerprint: 'fp_3f8a1c92d7',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...more,
  })}\n\n`

const USAGE = { usage: { prompt_tokens: 20, completion_tokens: CHUNKS, total_tokens: CHUNKS + 20 } }

function* events(): Generator<string> {
  yield chunk({ role: 'assistant', content: '' }, null)
  for (let n = 0; n < CHUNKS; n++) yield chunk({ content: WORDS[n % WORDS.length] }, null)
  yield chunk({}, 'stop', USAGE)
  yield 'data: [DONE]\n\n'
}

async function say(response: ServerResponse, perWrite: number): Promise<void> {
  response.socket?.setNoDelay(true)
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  let waiting: string[] = []
  for (const event of events()) {
    if (waiting.push(event) < perWrite) continue
    if (!response.write(waiting.join(''))) await once(response, 'drain')
    waiting = []
    await new Promise((resolve) => setImmediate(resolve))
  }
  response.end(waiting.join(''))
}

const server = createServer((request, response) => {
  const perWrite = Number(/^\/per\/(\d+)\//.exec(request.url ?? '')?.[1] ?? 1)
  request.resume().once('end', () => void say(response, perWrite).catch(() => response.destroy()))
})
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.once('disconnect', () => process.exit())
