import type { Allowance } from '@nacre/types'
import type { AgentConfig, Config } from './config.js'
import { dotted } from './key-path.js'
import type { AgentToml } from './schema.js'

const MICRO = 1_000_000

export function allowanceOf(usd: number | undefined, tokens: number | undefined): Allowance {
  return { ...(usd !== undefined && { microUsd: Math.round(usd * MICRO) }), ...(tokens !== undefined && { tokens }) }
}

/** The named agents. What one does not say of itself it has from the top; a prompt counts as one thing with its file. */
export function agentsOf(agent: AgentToml, prompts: ReadonlyMap<string, string>): Config['agents'] {
  return new Map(Object.entries(agent.agents).map(([name, own]) => [name, agentOf(agent, own, prompts, name)]))
}

function agentOf(
  top: AgentToml,
  own: AgentToml['agents'][string],
  prompts: ReadonlyMap<string, string>,
  name: string,
): AgentConfig {
  const budget = { ...top.budget, ...own.budget }
  const file = prompts.get(dotted(['agents', name, 'prompt_file']))
  return {
    description: own.description ?? name,
    prompt: own.prompt ?? file ?? top.prompt ?? prompts.get('prompt_file'),
    selection: {
      provider: own.selection.provider ?? top.selection.provider,
      model: own.selection.model ?? (own.selection.provider === undefined ? top.selection.model : 'offline'),
    },
    tools: own.tools,
    maxTurns: own.max_turns ?? top.runtime.max_turns,
    budget: {
      call: allowanceOf(budget.call_usd, budget.call_tokens),
      turn: allowanceOf(budget.turn_usd, budget.turn_tokens),
      session: allowanceOf(budget.session_usd, budget.session_tokens),
    },
  }
}
