import { Fault } from '@nacre/types'
import { readJson, skipBlank } from './body.js'
import { objectOf, parseJson, textOf } from './loose.js'
import { jsonLines } from './ndjson.js'
import type { Piece, VendorError } from './piece.js'
import { type SseEvent, sseEvents } from './sse.js'
import type { Peer } from './vendor-fault.js'
import { errorIn, quoteVendor } from './vendor-text.js'
import type { Door, Wire } from './wire.js'

/** A body's pieces: events of a stream, or one JSON text from a server that does not stream. */
export async function* readPieces(
  { decodeEvent, decodeBody }: Pick<Wire, 'decodeEvent' | 'decodeBody'>,
  framing: Door['framing'],
  bytes: AsyncIterableIterator<Uint8Array>,
  peer: Peer,
): AsyncIterable<Piece> {
  const body = skipBlank(bytes)[Symbol.asyncIterator]()
  const head = await body.next()
  if (head.done) return
  const rest = chain(head.value, body)
  const first = String.fromCharCode(head.value[0] ?? 0)
  if (first === '<') throw notAnApi(peer.where, 'a web page')
  if (framing === 'ndjson' && (first === '{' || first === '[')) {
    for await (const data of jsonLines(rest, peer.where)) yield* eventPieces(decodeEvent, { event: '', data }, peer)
    return
  }
  if (first === '{' || first === '[') {
    const json = await readJson(rest, peer.where)
    const error = errorIn(json)
    // Gemini gives its events as one list where nobody asked for a stream of them.
    const whole =
      error === undefined ? [json].flat().flatMap((one) => decodeBody(objectOf(one) ?? {})) : [errorPiece(error)]
    if (whole.length === 0) throw notAnApi(peer.where, 'JSON that is no answer of this API')
    yield* whole
    return
  }
  let events = 0
  for await (const event of sseEvents(rest, peer.where)) {
    events++
    yield* eventPieces(decodeEvent, event, peer)
  }
  if (events === 0 && !/[:deri]/.test(first)) throw notAnApi(peer.where, 'something that is no event stream')
}

function eventPieces(decodeEvent: Wire['decodeEvent'], { event, data }: SseEvent, peer: Peer): readonly Piece[] {
  if (data.trim() === '') return []
  if (data.trim() === '[DONE]') return [{ type: 'end' }]
  const json = parseJson(data)
  const error = errorIn(json)
  if (error !== undefined) return [errorPiece(error)]
  const body = objectOf(json)
  if (event === 'error') return [errorPiece({ kind: textOf(body?.code) ?? '', message: textOf(body?.message) ?? data })]
  if (body === undefined)
    throw new Fault(
      'provider_error',
      `${peer.where} sent an event that is no JSON: ${quoteVendor(data, peer.secret)}`,
      {
        mend: 'What answers at this base URL is broken or speaks another API: check the base URL and the provider’s type.',
      },
    )
  return decodeEvent(body)
}

const errorPiece = (error: VendorError): Piece => ({ type: 'error', error })

async function* chain(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  yield head
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

const notAnApi = (where: string, what: string) =>
  new Fault('provider_error', `${where} answered with ${what} where a model’s answer was due.`, {
    mend: 'Check the base URL: what answers there is no model API, or a proxy is in the way.',
  })
