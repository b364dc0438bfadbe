import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A model vendor in a process of its own that answers at once, and ends at once.

const chunk = (delta: object, finish: string | null) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', model: 'bench-1', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const ANSWER = `${chunk({ role: 'assistant', content: 'the' }, null)}${chunk({}, 'stop')}data: [DONE]\n\n`

const server = createServer((request, response) => {
  request.resume().once('end', () => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(ANSWER))
})
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.once('disconnect', () => process.exit())
