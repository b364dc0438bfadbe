import type { Catalog } from '@nacre/providers/catalog'
import { dearestOf } from '@nacre/runtime/price'
import type { Price } from '@nacre/types'
import type { AgentConfig, Config, ProviderConfig, SelectionConfig } from '../config/config.js'
import { dotted } from '../config/key-path.js'
import type { GuestAgent, GuestProvider } from '../guest/bootstrap.js'
import { moneyOf } from './money.js'
import { DEFAULT_PROMPT } from './prompt.js'
import { type PlannedRoute, placed, plannedRoutes } from './routes.js'
import { inputsOf, tokenLimits } from './selected.js'

/** An agent as its guest is told of it, and what the host has to know of it. */
export type PlannedAgent = {
  readonly name: string
  /** Who may answer, each once. */
  readonly routes: readonly Pick<PlannedRoute, 'entry' | 'model'>[]
  /** The dearest of its models'. */
  readonly price: Price | undefined
  /** What cannot be kept, in words. */
  readonly words: readonly string[]
  /** What whoever answers it must meet. */
  readonly required: SelectionConfig['required']
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
  const key = dotted([...(name === 'default' ? [] : ['agents', name]), 'selection', 'required'])
  const routes = placed(config.origins.get(key), () => plannedRoutes(config.providers, selection, catalog))
  const [first, ...others] = routes
  if (first === undefined) throw new Error('a selection left nobody, and said nothing')
  const monies = routes.map((route) => ({ route, money: moneyOf(config, route, route.found) }))
  const priced = monies.flatMap(({ route: { provider, model }, money: { price } }) =>
    price === undefined ? [] : [[`${provider}/${model}`, price] as const],
  )
  const [known, ...more] = priced.map(([, one]) => one)
  const price = known && dearestOf([known, ...more])
  const inputs = inputsOf(routes.map(({ found }) => found))
  return {
    name,
    routes,
    price,
    required: selection.required,
    words: [...monies.flatMap(({ money }) => money.words), ...programWords(routes)],
    guest: {
      description,
      provider: guestProvider(first.entry, config),
      model: first.model,
      fallback: others.map(({ entry, model }) => ({ provider: guestProvider(entry, config), model })),
      prompt: agent.prompt ?? DEFAULT_PROMPT,
      ...(tools && { tools }),
      limits: {
        maxSteps: maxTurns,
        ...tokenLimits(
          config.runtime,
          routes.map(({ found }) => found),
        ),
        budget: { call: budget.call, turn: budget.turn, session: budget.session },
        approvalMs: config.approvalExpiresSecs * 1000,
      },
      ...(price && { price }),
      ...(inputs && { inputs }),
      prices: Object.fromEntries(priced),
    },
  }
}

export function guestProvider(provider: ProviderConfig, { reliability }: Config): GuestProvider {
  if (provider.type === 'offline') return { type: 'offline', name: provider.name }
  const link = {
    name: provider.name,
    clocks: {
      connectMs: reliability.connectTimeoutMs,
      firstByteMs: reliability.firstByteTimeoutMs,
      betweenChunksMs: reliability.chunkTimeoutMs,
      totalMs: reliability.totalTimeoutMs,
    },
    retry: { attempts: reliability.maxAttempts, baseMs: reliability.backoffBaseMs, mostMs: reliability.backoffMaxMs },
  }
  const { type } = provider
  return type === 'cli' ? { type, ...link, command: provider.command, args: provider.args } : { type, ...link }
}

const programWords = (routes: readonly PlannedRoute[]): readonly string[] =>
  routes.flatMap(({ entry }) =>
    entry.type === 'cli'
      ? `${entry.name} ASKS NOBODY: ${entry.command} is a program with tools of its own, and runs as you.`
      : [],
  )
