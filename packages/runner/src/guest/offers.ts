import type { AgentSummary, Allowance, ModelSummary, SpendLimit } from '@nacre/types'
import type { Bootstrap, GuestAgent, GuestModel } from './bootstrap.js'

/** What faces may choose from, and under which limits, as the host configured it. */
export function offersOf({ agents, models, budget }: Bootstrap) {
  return {
    agents: Object.entries(agents).map(agentSummary),
    models: Object.entries(models).map(modelSummary),
    ...(budget && { day: budget.day }),
  }
}

function agentSummary([name, agent]: [string, GuestAgent]): AgentSummary {
  const { description, limits, refuses } = agent
  const { call, turn, session } = limits.budget
  return {
    name,
    description,
    model: firstModel(agent),
    context_tokens: limits.contextTokens,
    max_output_tokens: limits.maxOutputTokens,
    budget: {
      ...(call && { call: limitOf(call) }),
      ...(turn && { turn: limitOf(turn) }),
      ...(session && { session: limitOf(session) }),
    },
    ...(refuses && { refuses }),
  }
}

/** As `provider/model`. */
export const firstModel = ({ provider, model }: GuestAgent): string => `${provider.name}/${model}`

const modelSummary = ([model, { contextTokens, price, inputs }]: [string, GuestModel]): ModelSummary => ({
  model,
  context_tokens: contextTokens,
  ...(price && { input_usd_per_mtok: price.input, output_usd_per_mtok: price.output }),
  ...(inputs && { inputs }),
})

const limitOf = ({ microUsd, tokens }: Allowance): SpendLimit => ({
  ...(microUsd !== undefined && { limit_micro_usd: microUsd }),
  ...(tokens !== undefined && { limit_tokens: tokens }),
})
