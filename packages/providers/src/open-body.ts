import { Fault, type GenerateRequest } from '@nacre/types'
import type { Answer } from './answer.js'
import { readErrorText, withoutBlank } from './body.js'
import type { Line } from './clocks.js'
import { bodyText } from './encode.js'
import { endpointOf } from './endpoint.js'
import { fitMedia } from './media.js'
import { networkFault } from './network-fault.js'
import { type BodyReader, openReader } from './read-pieces.js'
import { type Peer, statusFault } from './vendor-fault.js'
import type { Door, ProviderOptions, Wire } from './wire.js'

/** What one provider's calls are made of. */
export type Spoken = {
  readonly door: Door
  readonly wire: Wire
  readonly options: ProviderOptions
  readonly peer: Peer
}

export type Chunk = IteratorResult<Uint8Array, unknown>

/** The body of an answer, read up to its first chunk. */
export type Body = {
  readonly first: Chunk
  readonly rest: AsyncIterator<Uint8Array, unknown>
  readonly reader: BodyReader
}

/** Sends the request. The first chunk is the first that has more than white space in it. */
export async function openBody(spoken: Spoken, request: GenerateRequest, line: Line, answer: Answer): Promise<Body> {
  const { wire, door, peer } = spoken
  const rest = await send(spoken, request, line)
  for await (const chunk of waitedFor(rest, line, peer.where)) {
    const value = withoutBlank(chunk)
    const [firstByte] = value
    if (firstByte === undefined) continue
    const reader = await openReader(firstByte, { wire, framing: door.framing, peer, answer })
    return { first: { done: false, value }, rest, reader }
  }
  return { first: { done: true, value: undefined }, rest, reader: { feed() {}, end() {} } }
}

/** Sends the request and gives the body of a 2xx answer; anything else is thrown. */
async function send(
  { door, wire, options, peer }: Spoken,
  request: GenerateRequest,
  line: Line,
): Promise<AsyncIterator<Uint8Array>> {
  const { auth, fetch, name, world } = options
  const { url } = endpointOf(name, options.baseUrl, door.path(request.model), door.version)
  const headers = {
    'content-type': 'application/json',
    accept: door.framing === 'sse' ? 'text/event-stream' : 'application/x-ndjson',
    'accept-encoding': 'identity',
    ...wire.headers(request),
    ...(auth === undefined ? {} : { [auth.header]: auth.value.reveal() }),
  }
  const body = bodyText(wire.encode(fitMedia(request, wire.media, name), name))
  const sent = fetch(url, { method: 'POST', headers, body, signal: line.signal })
  const response = await line.wait(
    sent.catch((error: unknown) => Promise.reject(networkFault(error, peer.where, 'request'))),
  )
  const chunks = response.body[Symbol.asyncIterator]()
  if (response.status >= 200 && response.status < 300) return chunks
  const text = await readErrorText(waitedFor(chunks, line, peer.where)).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'cancelled') throw error
    return ''
  })
  throw statusFault(response, text, peer, world.now())
}

/** The body's chunks, each waited for on the line's clocks. Breaking off leaves the rest unread. */
function waitedFor(chunks: AsyncIterator<Uint8Array>, line: Line, where: string): AsyncIterableIterator<Uint8Array> {
  const broken = (error: unknown) => Promise.reject(networkFault(error, where, 'answer'))
  return {
    async next() {
      const next = await line.wait(chunks.next().catch(broken))
      if (!next.done) line.chunkCame()
      return next
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
