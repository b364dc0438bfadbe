import type { GenerateRequest, ModelEvent, Provider } from '@nacre/types'
import { endpointOf } from './endpoint.js'
import type { Door, ProviderOptions } from './wire.js'

/** A provider that speaks the wire behind `door` over HTTP, streaming; what that takes is loaded with the first call. */
export function wireProvider(door: Door, options: ProviderOptions): Provider {
  const { host } = endpointOf(options.name, options.baseUrl, door.path('model'), door.version)
  return {
    name: options.name,
    generate: (request, { signal }) => generate(door, options, host, request, signal),
  }
}

async function* generate(
  door: Door,
  options: ProviderOptions,
  host: string,
  request: GenerateRequest,
  signal: AbortSignal,
): AsyncIterable<ModelEvent> {
  const [{ streamAnswer }, wire] = await Promise.all([import('./stream.js'), door.load()])
  const peer = { where: `${options.name} (${host})`, secret: options.auth?.value }
  yield* streamAnswer({ door, wire, options, peer }, request, signal)
}
