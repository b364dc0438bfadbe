import type { Catalog } from '@nacre/providers'
import type { AgentConfig, Config, ProviderConfig } from '../config/config.js'
import type { GuestAgent, GuestProvider } from '../guest/bootstrap.js'
import { type Money, moneyOf } from './money.js'
import { DEFAULT_PROMPT } from './prompt.js'
import { selectedModel, tokenLimits } from './selected.js'

/** An agent as its guest is told of it, and what the host has to know of it. */
export type PlannedAgent = {
  readonly name: string
  readonly provider: ProviderConfig
  readonly money: Money
  readonly guest: GuestAgent
}

/** The agent at the top of agent.toml, as `default`, and the named ones. */
export function plannedAgents(config: Config, catalog: Catalog): readonly PlannedAgent[] {
  const { prompt, selection, runtime, budget } = config
  const top: AgentConfig = {
    description: 'The agent that sessions have if no other is named.',
    prompt,
    selection,
    tools: undefined,
    maxTurns: runtime.maxTurns,
    budget,
  }
  return [['default', top] as const, ...config.agents].map(([name, agent]) => planned(name, agent, config, catalog))
}

function planned(name: string, agent: AgentConfig, config: Config, catalog: Catalog): PlannedAgent {
  const { description, selection, tools, maxTurns, budget } = agent
  const provider = config.providers.get(selection.provider)
  if (provider === undefined) throw new Error('the configuration let a provider through that it does not have')
  const found = selectedModel(catalog, provider, selection.model)
  const money = moneyOf(config, selection, found)
  return {
    name,
    provider,
    money,
    guest: {
      description,
      provider: guestProvider(provider, config),
      model: selection.model,
      prompt: agent.prompt ?? DEFAULT_PROMPT,
      ...(tools && { tools }),
      limits: {
        maxSteps: maxTurns,
        ...tokenLimits(config.runtime, found),
        budget: { call: budget.call, turn: budget.turn, session: budget.session },
        approvalMs: config.approvalExpiresSecs * 1000,
      },
      ...(money.price && { price: money.price }),
    },
  }
}

function guestProvider(provider: ProviderConfig, { reliability }: Config): GuestProvider {
  if (provider.type === 'offline') return { type: 'offline' }
  return {
    type: provider.type,
    name: provider.name,
    clocks: {
      connectMs: reliability.connectTimeoutMs,
      firstByteMs: reliability.firstByteTimeoutMs,
      betweenChunksMs: reliability.chunkTimeoutMs,
      totalMs: reliability.totalTimeoutMs,
    },
    retry: { attempts: reliability.maxAttempts, baseMs: reliability.backoffBaseMs, mostMs: reliability.backoffMaxMs },
  }
}
