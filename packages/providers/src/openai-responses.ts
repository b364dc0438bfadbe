import { decodeResponsesBody, decodeResponsesEvent } from './responses-decode.js'
import { encodeResponses } from './responses-request.js'
import { PICTURES, type Wire } from './wire.js'

const MEDIA = [...PICTURES, 'application/pdf']

/** OpenAI's Responses API. */
export const RESPONSES_WIRE: Wire = {
  headers: () => ({}),
  encode: encodeResponses,
  decodeEvent: decodeResponsesEvent,
  decodeBody: decodeResponsesBody,
  media: { said: MEDIA, results: MEDIA },
}
