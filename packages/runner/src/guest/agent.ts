import { anthropicMessages, offline, openaiChat, undiciFetch, withRetry } from '@nacre/providers'
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
  const named = Object.entries(agents)
  return new Map(
    named.map(([name, agent]) => {
      const others = named.filter(([other]) => other !== name && other !== 'default')
      const delegates = others.map(([other, { description }]) => ({ name: other, description }))
      return [name, agentOf(agent, [...tools, ...askingTools(delegates)], bootstrap, world)]
    }),
  )
}

function agentOf(own: GuestAgent, tools: readonly Tool[], { policy, paths }: Bootstrap, world: World): Agent {
  return {
    prompt: own.prompt,
    provider: providerOf(own.provider, paths.broker, world),
    model: own.model,
    ...(own.price && { price: own.price }),
    registry: createRegistry(tools.filter(({ name }) => own.tools?.includes(name) ?? true)),
    policy,
    limits: own.limits,
  }
}

function providerOf(spec: GuestProvider, broker: string, world: World): Provider {
  if (spec.type === 'offline') return offline()
  const { connectMs, ...clocks } = spec.clocks
  const fetch = undiciFetch({ socketPath: broker, connectMs })
  // The host name means nothing: every request goes over the broker's socket, which knows the route by its name.
  const options = { name: spec.name, baseUrl: `http://broker/${spec.name}/v1`, fetch, world, clocks }
  const provider = spec.type === 'openai' ? openaiChat(options) : anthropicMessages(options)
  const { attempts, baseMs, mostMs } = spec.retry
  return withRetry(provider, { world, attempts, baseMs, maxMs: mostMs })
}
