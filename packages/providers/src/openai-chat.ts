import type { Dialect } from './dialect.js'
import { decodeOpenAiBody, decodeOpenAiChunk } from './openai-decode.js'
import { encodeOpenAi } from './openai-request.js'
import type { Wire } from './wire.js'

/** Chat Completions, as a dialect has it. */
export const chatWire = (dialect: Dialect): Wire => ({
  headers: () => ({}),
  encode: (request, from) => encodeOpenAi(request, from, dialect),
  decodeEvent: (chunk) => decodeOpenAiChunk(chunk, dialect.reasoningApart),
  decodeBody: (body) => decodeOpenAiBody(body, dialect.reasoningApart),
  media: { said: dialect.media, results: [] },
})
