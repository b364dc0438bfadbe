import type { Provider } from '@nacre/types'
import { decodeAnthropicBody, decodeAnthropicEvent } from './anthropic-decode.js'
import { encodeAnthropic } from './anthropic-request.js'
import { wireProvider } from './stream.js'
import type { ProviderOptions, Wire } from './wire.js'

const WIRE: Wire = {
  path: '/messages',
  headers: { 'anthropic-version': '2023-06-01' },
  encode: encodeAnthropic,
  decodeEvent: decodeAnthropicEvent,
  decodeBody: decodeAnthropicBody,
}

/**
 * A model behind Anthropic's Messages API. Without `maxOutputTokens` a request allows 8192. Throws a Fault
 * `invalid_input` where the base URL is none.
 */
export const anthropicMessages = (options: ProviderOptions): Provider => wireProvider(WIRE, options)
