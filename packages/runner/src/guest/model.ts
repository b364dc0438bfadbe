import { offline, undiciFetch, vendorProvider, withRetry } from '@nacre/providers'
import { type Gates, router } from '@nacre/providers/routing'
import type { Provider } from '@nacre/types'
import { type Bootstrap, brokerUrl, type GuestAgent, type GuestProvider } from './bootstrap.js'
import { type ProgramPlace, programModel } from './program.js'

/** What models are asked by: the link to the broker, where programs run, and the gates that all agents share. */
export type Around = ProgramPlace & {
  readonly broker: string
  readonly gates: Gates
  readonly limits: Bootstrap['gates']
}

/** An agent's model, behind a router where there are several to ask, or one has limits of its own. */
export function modelOf(
  { provider, model, fallback }: Pick<GuestAgent, 'provider' | 'model' | 'fallback'>,
  around: Around,
): Provider {
  const { world, gates, limits } = around
  const first = providerOf(provider, around)
  const others = fallback.map((one) => ({ provider: providerOf(one.provider, around), model: one.model }))
  const isAlone = others.length === 0 && Object.keys(limits[provider.name] ?? {}).length === 0
  const routes = [{ provider: first, model }, ...others]
  const asked = isAlone ? first : router({ name: provider.name, routes, gates, world })
  if (provider.type === 'offline') return asked
  // One route is not asked again before the others were: only all of them together are.
  const { attempts, baseMs, mostMs } = provider.retry
  return withRetry(asked, { world, attempts, baseMs, maxMs: mostMs })
}

function providerOf(spec: GuestProvider, { broker, ...place }: Around): Provider {
  if (spec.type === 'offline') return offline({ name: spec.name })
  if (spec.type === 'cli') return programModel(spec, place)
  const { world } = place
  const { connectMs, ...clocks } = spec.clocks
  const fetch = undiciFetch({ socketPath: broker, connectMs })
  return vendorProvider(spec.type, { name: spec.name, baseUrl: brokerUrl(spec.name), fetch, world, clocks })
}
