import type { AgentOf } from '@nacre/engine'
import { openGates } from '@nacre/providers/routing'
import type { Agent } from '@nacre/runtime'
import { createRegistry, type Tool } from '@nacre/tool'
import { askingTools, workspaceTools } from '@nacre/tools'
import type { Provider, Workspace, World } from '@nacre/types'
import type { Bootstrap, GuestAgent } from './bootstrap.js'
import { modelOf } from './model.js'
import { selectedModels } from './selected-model.js'

/** The agents as the host configured them: their models over the broker link, their tools over the workspace. */
export function agentsOf(bootstrap: Bootstrap, workspace: Workspace, world: World): AgentOf {
  const { agents, shell } = bootstrap
  const tools = workspaceTools(workspace, { commandSecs: shell.timeoutSecs }).filter(
    (tool) => shell.enabled || tool.name !== 'shell_exec',
  )
  const around = {
    broker: bootstrap.paths.broker,
    workspace: bootstrap.paths.workspace,
    env: shell.env,
    world,
    gates: openGates(new Map(Object.entries(bootstrap.gates)), world),
    limits: bootstrap.gates,
  }
  const named = Object.entries(agents)
  const own = new Map(
    named.map(([name, agent]) => {
      const others = named.filter(([other]) => other !== name && other !== 'default')
      const delegates = others.map(([other, { description }]) => ({ name: other, description }))
      return [name, agentOf(agent, [...tools, ...askingTools(delegates)], bootstrap, modelOf(agent, around))]
    }),
  )
  const selected = selectedModels(bootstrap, around)
  return (name, model) => {
    const agent = own.get(name)
    return agent && model !== undefined ? selected(agent, model, agents[name]?.refuses) : agent
  }
}

function agentOf(own: GuestAgent, tools: readonly Tool[], { policy }: Bootstrap, provider: Provider): Agent {
  return {
    prompt: own.prompt,
    provider,
    model: own.model,
    ...(own.price && { price: own.price }),
    ...(own.inputs && { inputs: own.inputs }),
    prices: new Map(Object.entries(own.prices)),
    registry: createRegistry(tools.filter(({ name }) => own.tools?.includes(name) ?? true)),
    policy,
    limits: own.limits,
  }
}
