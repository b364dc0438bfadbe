import { Fault } from '@nacre/types'
import { readJson, skipBlank } from './body.js'
import { joinPiece } from './join-pieces.js'
import { objectOf, parseJson, textOf } from './loose.js'
import { jsonLines } from './ndjson.js'
import type { Piece, VendorError } from './piece.js'
import { openSse, type SseEvent } from './sse.js'
import type { Peer } from './vendor-fault.js'
import { errorIn, quoteVendor } from './vendor-text.js'
import type { Door, Wire } from './wire.js'

/**
 * A body's pieces, those that came together in one list and joined: events of a stream, or one JSON text from a server
 * that does not stream. What came before something unreadable is given before that is thrown.
 */
export async function* readPieces(
  { decodeEvent, decodeBody }: Pick<Wire, 'decodeEvent' | 'decodeBody'>,
  framing: Door['framing'],
  bytes: AsyncIterableIterator<Uint8Array>,
  peer: Peer,
): AsyncIterable<readonly Piece[]> {
  const body = await skipBlank(bytes)
  if (body === undefined) return
  const first = String.fromCharCode(body.first)
  if (first === '<') throw notAnApi(peer.where, 'a web page')
  if (framing === 'ndjson' && (first === '{' || first === '[')) {
    for await (const data of jsonLines(body.bytes, peer.where))
      yield eventPieces(decodeEvent, { event: '', data }, peer)
    return
  }
  if (first === '{' || first === '[') {
    const json = await readJson(body.bytes, peer.where)
    const error = errorIn(json)
    // Gemini gives its events as one list where nobody asked for a stream of them.
    const whole =
      error === undefined ? [json].flat().flatMap((one) => decodeBody(objectOf(one) ?? {})) : [errorPiece(error)]
    if (whole.length === 0) throw notAnApi(peer.where, 'JSON that is no answer of this API')
    yield whole
    return
  }
  let empty = true
  const eventsIn = await openSse(peer.where)
  for await (const chunk of body.bytes) {
    const events = eventsIn(chunk)
    if (events.length === 0) continue
    empty = false
    const pieces: Piece[] = []
    try {
      for (const event of events) for (const piece of eventPieces(decodeEvent, event, peer)) joinPiece(pieces, piece)
    } catch (error) {
      yield pieces
      throw error
    }
    yield pieces
  }
  if (empty && !/[:deri]/.test(first)) throw notAnApi(peer.where, 'something that is no event stream')
}

function eventPieces(decodeEvent: Wire['decodeEvent'], { event, data }: SseEvent, peer: Peer): readonly Piece[] {
  const json = parseJson(data)
  if (json === undefined && data.trim() === '') return []
  if (json === undefined && data.trim() === '[DONE]') return [{ type: 'end' }]
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

const notAnApi = (where: string, what: string) =>
  new Fault('provider_error', `${where} answered with ${what} where a model’s answer was due.`, {
    mend: 'Check the base URL: what answers there is no model API, or a proxy is in the way.',
  })
