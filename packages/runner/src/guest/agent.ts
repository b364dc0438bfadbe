import {
  anthropicMessages,
  type Gates,
  offline,
  openaiChat,
  openGates,
  router,
  undiciFetch,
  withRetry,
} from '@nacre/providers'
import type { Agent } from '@nacre/runtime'
import { createRegistry, type Tool } from '@nacre/tool'
import { askingTools, workspaceTools } from '@nacre/tools'
import type { Provider, Workspace, World } from '@nacre/types'
import type { Bootstrap, GuestAgent, GuestProvider } from './bootstrap.js'

/** The agents as the host configured them: their models over the broker link, their tools over the workspace. */
export function agentsOf(bootstrap: Bootstrap, workspace: Workspace, world: World): ReadonlyMap<string, Agent> {
  const { agents, shell } = bootstrap
  const tools = workspaceTools(workspace, { commandSecs: shell.timeoutSecs }).filter(
    (tool) => shell.enabled || tool.name !== 'shell_exec',
  )
  const around = {
    broker: bootstrap.paths.broker,
    world,
    gates: openGates(new Map(Object.entries(bootstrap.gates)), world),
    limits: bootstrap.gates,
  }
  const named = Object.entries(agents)
  return new Map(
    named.map(([name, agent]) => {
      const others = named.filter(([other]) => other !== name && other !== 'default')
      const delegates = others.map(([other, { description }]) => ({ name: other, description }))
      return [name, agentOf(agent, [...tools, ...askingTools(delegates)], bootstrap, modelOf(agent, around))]
    }),
  )
}

function agentOf(own: GuestAgent, tools: readonly Tool[], { policy }: Bootstrap, provider: Provider): Agent {
  return {
    prompt: own.prompt,
    provider,
    model: own.model,
    ...(own.price && { price: own.price }),
    prices: new Map(Object.entries(own.prices)),
    registry: createRegistry(tools.filter(({ name }) => own.tools?.includes(name) ?? true)),
    policy,
    limits: own.limits,
  }
}

type Around = {
  readonly broker: string
  readonly world: World
  readonly gates: Gates
  readonly limits: Bootstrap['gates']
}

/** The agent's model, or a router where there are several to ask or one has a limit of its own. */
function modelOf({ provider, model, fallback }: GuestAgent, around: Around): Provider {
  const { world, gates, limits } = around
  const retry = provider.type === 'offline' ? undefined : provider.retry
  const nameOf = ({ name }: GuestProvider) => name
  const isPlain = fallback.length === 0 && Object.keys(limits[nameOf(provider)] ?? {}).length === 0
  const routes = [{ provider, model }, ...fallback].map((one) => ({
    provider: providerOf(one.provider, around),
    model: one.model,
  }))
  // A route is not asked again before the others were: only all of them together are.
  const asked = isPlain ? routes[0]?.provider : router({ name: nameOf(provider), routes, gates, world })
  if (asked === undefined || retry === undefined) return asked ?? offline()
  return withRetry(asked, { world, attempts: retry.attempts, baseMs: retry.baseMs, maxMs: retry.mostMs })
}

function providerOf(spec: GuestProvider, { broker, world }: Around): Provider {
  if (spec.type === 'offline') return offline({ name: spec.name })
  const { connectMs, ...clocks } = spec.clocks
  const fetch = undiciFetch({ socketPath: broker, connectMs })
  // The host name means nothing: every request goes over the broker's socket, which knows the route by its name.
  const options = { name: spec.name, baseUrl: `http://broker/${spec.name}/v1`, fetch, world, clocks }
  return spec.type === 'openai' ? openaiChat(options) : anthropicMessages(options)
}
