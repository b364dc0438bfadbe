import type { Provider } from '@nacre/types'
import { endpointOf } from './endpoint.js'
import { lazyIterator } from './lazy-iterator.js'
import type { Door, ProviderOptions } from './wire.js'

/** A provider that speaks the wire behind `door` over HTTP, streaming; what that takes is loaded with the first call. */
export function wireProvider(door: Door, options: ProviderOptions): Provider {
  const { host } = endpointOf(options.name, options.baseUrl, door.path('model'), door.version)
  const peer = { where: `${options.name} (${host})`, secret: options.auth?.value }
  return {
    name: options.name,
    generate: (request, { signal }) =>
      lazyIterator(async () => {
        const [{ AnswerStream }, wire] = await Promise.all([import('./stream.js'), door.load()])
        return new AnswerStream({ door, wire, options, peer }, request, signal)
      }),
  }
}
