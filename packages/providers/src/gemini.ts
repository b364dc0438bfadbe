import { decodeGemini } from './gemini-decode.js'
import { encodeGemini } from './gemini-request.js'
import type { Wire } from './wire.js'

/** Google's generateContent, of AI Studio and of Vertex AI. */
export const GEMINI_WIRE: Wire = {
  headers: () => ({}),
  encode: encodeGemini,
  decodeEvent: decodeGemini,
  decodeBody: decodeGemini,
  media: { said: ['image/', 'audio/', 'video/', 'application/pdf'], results: [] },
}
