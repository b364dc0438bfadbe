import { Fault, type GenerateRequest, type ModelEvent } from '@nacre/types'
import { ANSWER_STREAM_LIMIT, newAnswer } from './answer.js'
import { readErrorText } from './body.js'
import { cancelled, DEFAULT_CLOCKS, type Line, openLine } from './clocks.js'
import { bodyText } from './encode.js'
import { endpointOf } from './endpoint.js'
import type { HttpResponse } from './http.js'
import { fitMedia } from './media.js'
import { networkFault } from './network-fault.js'
import { readPieces } from './read-pieces.js'
import { type Peer, statusFault, streamFault } from './vendor-fault.js'
import type { Door, ProviderOptions, Wire } from './wire.js'

/** A server that has said everything gets this long to end its answer, so that the connection can be used again. */
const LINGER_MS = 50

/** What one provider's calls are made of. */
type Spoken = {
  readonly door: Door
  readonly wire: Wire
  readonly options: ProviderOptions
  readonly peer: Peer
}

/** Sends one request and yields its answer as it comes. */
export async function* streamAnswer(
  spoken: Spoken,
  request: GenerateRequest,
  signal: AbortSignal,
): AsyncIterable<ModelEvent> {
  const { options, peer } = spoken
  const { where } = peer
  if (signal.aborted) throw cancelled(where)
  const clocks = { ...DEFAULT_CLOCKS, ...options.clocks }
  const line = openLine({ where, clocks, world: options.world, signal })
  const answer = newAnswer(options.name)
  try {
    const bytes = await send(spoken, request, line)
    try {
      for await (const pieces of readPieces(spoken.wire, spoken.door.framing, bytes, peer)) {
        if (signal.aborted) throw cancelled(where)
        for (const event of answer.add(pieces)) {
          yield event
          if (signal.aborted) throw cancelled(where)
        }
        const error = answer.error()
        if (error !== undefined) throw streamFault(error, peer)
        if (answer.tooLong()) throw tooLong(where)
        if (answer.closed()) break
      }
    } catch (error) {
      if (!isCut(error) || !answer.ended()) throw error
    }
    if (!answer.ended()) throw endedEarly(where)
    yield* answer.finish()
    await linger(bytes, line, options)
  } finally {
    line.close()
  }
}

/** Sends the request and gives the body of a 2xx answer; anything else is thrown. */
async function send(
  { door, wire, options, peer }: Spoken,
  request: GenerateRequest,
  line: Line,
): Promise<AsyncIterableIterator<Uint8Array>> {
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
  const bytes = chunksOf(response, line, peer.where)
  if (response.status >= 200 && response.status < 300) return bytes
  const text = await readErrorText(bytes).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'cancelled') throw error
    return ''
  })
  throw statusFault(response, text, peer, world.now())
}

/** The body's chunks, each waited for on the line's clocks. Breaking off leaves the rest unread. */
function chunksOf(response: HttpResponse, line: Line, where: string): AsyncIterableIterator<Uint8Array> {
  const iterator = response.body[Symbol.asyncIterator]()
  const broken = (error: unknown) => Promise.reject(networkFault(error, where, 'answer'))
  const chunks: AsyncIterableIterator<Uint8Array> = {
    async next() {
      const next = await line.wait(iterator.next().catch(broken))
      if (!next.done) line.chunkCame()
      return next
    },
    [Symbol.asyncIterator]: () => chunks,
  }
  return chunks
}

async function linger(bytes: AsyncIterator<Uint8Array>, line: Line, { world }: ProviderOptions): Promise<void> {
  const timer = new AbortController()
  const drained = (async () => {
    while (!(await bytes.next()).done);
  })().catch(() => {})
  await Promise.race([drained, world.sleep(LINGER_MS, AbortSignal.any([timer.signal, line.signal]))])
  timer.abort()
}

/** A fault that says no more than that the rest did not come. */
const isCut = (error: unknown) =>
  error instanceof Fault && (error.code === 'stream_cut' || error.code === 'timeout' || error.code === 'unavailable')

const endedEarly = (where: string) =>
  new Fault('stream_cut', `${where} ended its answer before it was whole.`, {
    retry: 'now',
    mend: 'Ask again; what had come is not the whole answer.',
  })

const tooLong = (where: string) =>
  new Fault('provider_error', `${where} sent an answer of more than ${ANSWER_STREAM_LIMIT} characters.`, {
    mend: 'Set maxOutputTokens, or choose another model: this one does not stop.',
  })
