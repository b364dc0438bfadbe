import type { GenerateRequest, JsonObject } from '@nacre/types'
import { decodeAnthropicBody, decodeAnthropicEvent } from './anthropic-decode.js'
import { encodeAnthropic } from './anthropic-request.js'
import { PICTURES, type Wire } from './wire.js'

const MEDIA = [...PICTURES, 'application/pdf']

/** Anthropic's Messages API. */
export const ANTHROPIC_WIRE: Wire = {
  headers: (request) => ({ 'anthropic-version': '2023-06-01', ...betaHeader(request) }),
  encode: encodeAnthropic,
  decodeEvent: decodeAnthropicEvent,
  decodeBody: decodeAnthropicBody,
  media: { said: MEDIA, results: MEDIA },
}

/** The same on Google's Vertex AI, where the model is in the path and the version in the body. */
export const VERTEX_WIRE: Wire = {
  ...ANTHROPIC_WIRE,
  headers: betaHeader,
  encode(request, from): JsonObject {
    const { model: _, ...body } = encodeAnthropic(request, from)
    return { anthropic_version: 'vertex-2023-10-16', ...body }
  },
}

function betaHeader({ providerOptions }: GenerateRequest): Readonly<Record<string, string>> {
  const betas = providerOptions?.anthropic?.betas ?? []
  return betas.length === 0 ? {} : { 'anthropic-beta': betas.join(',') }
}
