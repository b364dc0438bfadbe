import { Fault, type GenerateRequest, type ModelEvent, type World } from '@nacre/types'
import { ANSWER_STREAM_LIMIT, type Answer, newAnswer } from './answer.js'
import { readErrorText, withoutBlank } from './body.js'
import { cancelled, DEFAULT_CLOCKS, type Line, openLine } from './clocks.js'
import { bodyText } from './encode.js'
import { endpointOf } from './endpoint.js'
import { fitMedia } from './media.js'
import { networkFault } from './network-fault.js'
import { pulled } from './pull.js'
import { openReader, type PieceReader } from './read-pieces.js'
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

/** Sends one request and gives its answer as it comes. */
export function streamAnswer(spoken: Spoken, request: GenerateRequest, signal: AbortSignal): AsyncIterator<ModelEvent> {
  const { options, peer } = spoken
  const { where } = peer
  const clocks = { ...DEFAULT_CLOCKS, ...options.clocks }
  const line = openLine({ where, clocks, world: options.world, signal }, (fault) => events.break(fault))
  const answer = newAnswer(options.name)
  let body: Body | undefined
  const open = async () => {
    if (signal.aborted) throw cancelled(where)
    body = await openBody(spoken, request, line, answer.add)
    return body.first
  }
  const read = (chunk: Chunk) => (chunk.done ? body?.reader.end() : body?.reader.feed(chunk.value))
  const events = pulled<ModelEvent, Chunk>({
    take: answer.take,
    drop: answer.drop,
    ready: answer.ready,
    more() {
      if (body === undefined) return open()
      line.start()
      return body.chunks.next()
    },
    came(chunk) {
      line.chunkCame()
      try {
        read(chunk)
      } catch (error) {
        return conclude(answer, peer, error)
      }
      return chunk.done || answer.over() ? conclude(answer, peer) : false
    },
    broke(error) {
      line.stop()
      if (signal.aborted) throw cancelled(where)
      return conclude(answer, peer, body === undefined ? error : networkFault(error, where, 'answer'))
    },
    settle: () => linger(body, line.signal, options.world),
    close: line.close,
  })
  return events
}

/** Ends an answer, by the fault that it met or by itself. Throws unless it is whole. */
function conclude(answer: Answer, peer: Peer, met?: unknown): true {
  const error = answer.error()
  let fault = answer.closed() ? undefined : met
  if (error !== undefined) fault = streamFault(error, peer)
  else if (answer.tooLong()) fault = tooLong(peer.where)
  if (!answer.ended() || !(fault === undefined || isCut(fault))) throw fault ?? endedEarly(peer.where)
  answer.finish()
  return true
}

type Chunk = IteratorResult<Uint8Array, unknown>
type Body = { readonly first: Chunk; readonly chunks: AsyncIterator<Uint8Array, unknown>; readonly reader: PieceReader }

/** Sends the request; the first chunk is the first that has more than white space in it. */
async function openBody(spoken: Spoken, request: GenerateRequest, line: Line, add: Answer['add']): Promise<Body> {
  const { wire, door, peer } = spoken
  const chunks = await send(spoken, request, line)
  for await (const chunk of waitedFor(chunks, line, peer.where)) {
    const value = withoutBlank(chunk)
    const [firstByte] = value
    if (firstByte === undefined) continue
    const reader = await openReader(firstByte, { wire, framing: door.framing, peer, add })
    return { first: { done: false, value }, chunks, reader }
  }
  return { first: { done: true, value: undefined }, chunks, reader: { feed() {}, end() {} } }
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

async function linger(body: Body | undefined, signal: AbortSignal, world: World): Promise<void> {
  const timer = new AbortController()
  const drained = (async () => {
    while (body !== undefined && !(await body.chunks.next()).done);
  })().catch(() => {})
  await Promise.race([drained, world.sleep(LINGER_MS, AbortSignal.any([timer.signal, signal]))])
  timer.abort('over')
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
