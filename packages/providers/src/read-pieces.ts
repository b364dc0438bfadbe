import { Fault, type Json } from '@nacre/types'
import { type Answer, addPiece } from './answer.js'
import { openJson } from './body.js'
import { isObject, objectOf, parseJson, textOf } from './loose.js'
import { openLines } from './ndjson.js'
import { openSse } from './sse.js'
import type { Peer } from './vendor-fault.js'
import { errorIn, quoteVendor } from './vendor-text.js'
import type { Door, Wire } from './wire.js'

/** Makes pieces of a body, with each chunk and at its end. Either throws where it is unreadable. */
export type BodyReader = { feed(chunk: Uint8Array): void; end(): void }

type Reading = {
  readonly wire: Pick<Wire, 'decodeEvent' | 'decodeBody'>
  readonly framing: Door['framing']
  readonly peer: Peer
  /** Takes the pieces. What came before something unreadable is added before that is thrown. */
  readonly answer: Answer
}

/**
 * The reader of a body that begins with this byte: of a stream's events, or of one JSON text from a server that does
 * not stream.
 */
export async function openReader(firstByte: number, reading: Reading): Promise<BodyReader> {
  const { framing, peer } = reading
  const first = String.fromCharCode(firstByte)
  const isJson = first === '{' || first === '['
  if (first === '<') throw notAnApi(peer.where, 'a web page')
  if (isJson && framing === 'ndjson') return openLines(peer.where, (line) => addEvent(reading, line, ''))
  if (isJson) return openJson(peer.where, (json) => addWhole(reading, json))
  let empty = true
  const feed = await openSse(peer.where, (data, event) => {
    empty = false
    addEvent(reading, data, event)
  })
  const end = () => {
    if (empty && !/[:deri]/.test(first)) throw notAnApi(peer.where, 'something that is no event stream')
  }
  return { feed, end }
}

function addWhole({ wire, peer, answer }: Reading, json: Json): void {
  const error = errorIn(json)
  if (error !== undefined) return void addPiece(answer, { type: 'error', error })
  // Gemini gives its events as one list where nobody asked for a stream of them.
  const pieces = [json].flat().flatMap((one) => wire.decodeBody(objectOf(one) ?? {}))
  if (pieces.length === 0) throw notAnApi(peer.where, 'JSON that is no answer of this API')
  for (const piece of pieces) addPiece(answer, piece)
}

function addEvent(reading: Reading, data: string, event: string): void {
  const json = parseJson(data)
  if (!isObject(json) || json.error || event === 'error') return void addOther(reading, data, event, json)
  for (const piece of reading.wire.decodeEvent(json)) addPiece(reading.answer, piece)
}

/** What is no event of the wire's own. */
function addOther({ peer, answer }: Reading, data: string, event: string, json: Json | undefined): void {
  if (json === undefined && data.trim() === '') return
  if (json === undefined && data.trim() === '[DONE]') return void addPiece(answer, { type: 'end' })
  const body = objectOf(json)
  const said = { kind: textOf(body?.code) ?? '', message: textOf(body?.message) ?? data }
  const error = errorIn(json) ?? (event === 'error' ? said : undefined)
  if (error !== undefined) return void addPiece(answer, { type: 'error', error })
  throw new Fault('provider_error', `${peer.where} sent an event that is no JSON: ${quoteVendor(data, peer.secret)}`, {
    mend: 'What answers at this base URL is broken or speaks another API: check the base URL and the provider’s type.',
  })
}

const notAnApi = (where: string, what: string) =>
  new Fault('provider_error', `${where} answered with ${what} where a model’s answer was due.`, {
    mend: 'Check the base URL: what answers there is no model API, or a proxy is in the way.',
  })
