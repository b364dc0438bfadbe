import { homedir } from 'node:os'
import {
  agentSpawn,
  cliProvider,
  type Gates,
  offline,
  router,
  undiciFetch,
  vendorProvider,
  withRetry,
} from '@nacre/providers'
import type { Provider, World } from '@nacre/types'
import { type Bootstrap, brokerUrl, type GuestAgent, type GuestProvider } from './bootstrap.js'

/** What models are asked by: the link to the broker, where programs run, and the gates that all agents share. */
type Around = {
  readonly broker: string
  readonly workspace: string
  /** What programs find in their environment, beside where they and their files are. */
  readonly env: Readonly<Record<string, string>>
  readonly world: World
  readonly gates: Gates
  readonly limits: Bootstrap['gates']
}

/** An agent's model, behind a router where there are several to ask, or one has limits of its own. */
export function modelOf({ provider, model, fallback }: GuestAgent, around: Around): Provider {
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

function providerOf(spec: GuestProvider, { broker, world, workspace, env }: Around): Provider {
  if (spec.type === 'offline') return offline({ name: spec.name })
  const { connectMs, ...clocks } = spec.clocks
  if (spec.type === 'cli') {
    const { name, command, args } = spec
    const { PATH = '/usr/bin:/bin', LANG = 'C.UTF-8' } = process.env
    const found = { PATH, LANG, HOME: homedir(), ...env }
    return cliProvider({ name, command, args, env: found, cwd: workspace, spawn: agentSpawn(world), world, clocks })
  }
  const fetch = undiciFetch({ socketPath: broker, connectMs })
  return vendorProvider(spec.type, { name: spec.name, baseUrl: brokerUrl(spec.name), fetch, world, clocks })
}
