import type { Allowance } from '@nacre/types'
import type { AgentConfig, Config, SelectionConfig } from './config.js'
import { dotted } from './key-path.js'
import { selectionOf } from './routing.js'
import type { AgentToml } from './schema.js'

const MICRO = 1_000_000

export function allowanceOf(usd: number | undefined, tokens: number | undefined): Allowance {
  return { ...(usd !== undefined && { microUsd: Math.round(usd * MICRO) }), ...(tokens !== undefined && { tokens }) }
}

/** The named agents. What one does not say of itself it has from the top; a prompt counts as one thing with its file. */
export function agentsOf(
  agent: AgentToml,
  selection: SelectionConfig,
  prompts: ReadonlyMap<string, string>,
): Config['agents'] {
  const named = Object.entries(agent.agents)
  return new Map(
    named.map(([name, own]) => [
      name,
      { ...agentOf(agent, own, prompts, name), selection: ownSelection(own.selection, selection) },
    ]),
  )
}

/** What an agent selects for itself, if it selects anything; what it requires is required beside what all are. */
function ownSelection(own: AgentToml['agents'][string]['selection'], top: SelectionConfig): SelectionConfig {
  const { provider, model, fallback, required, preferred } = own
  if ([provider, model, fallback, required, preferred].every((value) => value === undefined)) return top
  const isNamed = provider !== undefined || model !== undefined
  const named = { provider: provider ?? top.provider, model: model ?? (provider === undefined ? top.model : 'offline') }
  const selection = selectionOf(named, isNamed || (top.named && required === undefined && preferred === undefined), own)
  return {
    ...selection,
    fallback: fallback === undefined && !isNamed ? top.fallback : selection.fallback,
    required: [...top.required, ...selection.required],
  }
}

function agentOf(
  top: AgentToml,
  own: AgentToml['agents'][string],
  prompts: ReadonlyMap<string, string>,
  name: string,
): Omit<AgentConfig, 'selection'> {
  const budget = { ...top.budget, ...own.budget }
  const file = prompts.get(dotted(['agents', name, 'prompt_file']))
  return {
    description: own.description ?? name,
    prompt: own.prompt ?? file ?? top.prompt ?? prompts.get('prompt_file'),
    tools: own.tools,
    maxTurns: own.max_turns ?? top.runtime.max_turns,
    budget: {
      call: allowanceOf(budget.call_usd, budget.call_tokens),
      turn: allowanceOf(budget.turn_usd, budget.turn_tokens),
      session: allowanceOf(budget.session_usd, budget.session_tokens),
    },
  }
}
