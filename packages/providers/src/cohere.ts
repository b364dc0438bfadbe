import { decodeCohereBody, decodeCohereEvent } from './cohere-decode.js'
import { encodeCohere } from './cohere-request.js'
import { PICTURES, type Wire } from './wire.js'

/** Cohere's chat API, version 2. */
export const COHERE_WIRE: Wire = {
  headers: () => ({}),
  encode: encodeCohere,
  decodeEvent: decodeCohereEvent,
  decodeBody: decodeCohereBody,
  media: { said: PICTURES, results: [] },
}
