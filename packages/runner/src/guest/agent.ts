import { anthropicMessages, offline, openaiChat, undiciFetch, withRetry } from '@nacre/providers'
import type { Agent } from '@nacre/runtime'
import { createRegistry } from '@nacre/tool'
import { workspaceTools } from '@nacre/tools'
import type { Provider, Workspace, World } from '@nacre/types'
import type { Bootstrap, GuestProvider } from './bootstrap.js'

/** The agent as the host configured it: its model over the broker link, its tools over the workspace. */
export function agentOf(bootstrap: Bootstrap, workspace: Workspace, world: World): Agent {
  const tools = workspaceTools(workspace, { commandSecs: bootstrap.shell.timeoutSecs }).filter(
    (tool) => bootstrap.shell.enabled || tool.name !== 'shell_exec',
  )
  return {
    prompt: bootstrap.prompt,
    provider: providerOf(bootstrap.provider, bootstrap.paths.broker, world),
    model: bootstrap.model,
    ...(bootstrap.price && { price: bootstrap.price }),
    registry: createRegistry(tools),
    policy: bootstrap.policy,
    limits: bootstrap.limits,
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
