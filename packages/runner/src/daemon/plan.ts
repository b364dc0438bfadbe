import type { NamedSecret } from '@nacre/kit'
import type { Isolation } from '@nacre/types'
import type { Route } from '../broker/broker.js'
import { secretsOf } from '../broker/secrets.js'
import { loadCatalog } from '../catalog/files.js'
import { aroundOf } from '../commands/around.js'
import type { CommandContext } from '../commands/context.js'
import { detectKeys, type KeyHint } from '../config/api-key.js'
import { type Config, isHttp, type ProviderConfig, type UserConfig } from '../config/config.js'
import { loadConfig } from '../config/load-config.js'
import type { Bootstrap, GuestAgent, GuestModel } from '../guest/bootstrap.js'
import { type PlannedOffer, plannedOffers, refusedBy } from './offers.js'
import { guestProvider, type PlannedAgent, plannedAgents } from './planned-agent.js'
import { inputsOf, tokenLimits } from './selected.js'
import { upstreamRoute } from './upstream-route.js'

/** Everything that a start needs, from the configuration, as plain data. Keys stay in `routes` and `secrets`, which never leave the host. */
export type DaemonPlan = {
  readonly workspace: string
  readonly isolation: Isolation
  readonly routes: readonly Route[]
  /** Every secret in `routes`. */
  readonly secrets: readonly NamedSecret[]
  /** What the guest is told beside the launch's token. */
  readonly bootstrap: Omit<Bootstrap, 'token'>
  /** What a newcomer could do next, in words. */
  readonly hints: readonly string[]
}

type UsersConfig = Config & { readonly user: UserConfig }

export async function planDaemon(context: CommandContext): Promise<DaemonPlan> {
  const { env, home, flags } = context
  const config = await loadConfig(aroundOf(context))
  const catalog = await loadCatalog(env, home)
  const agents = plannedAgents(config, catalog)
  const offers = plannedOffers(config, catalog, agents)
  const isolation = isolationOf(flags.insecure, [...new Set(agents.flatMap(({ words }) => words))])
  const asked = Map.groupBy(
    [...agents.flatMap(({ routes }) => routes), ...offers.map(({ route }) => route)],
    ({ entry }) => entry,
  )
  const used = [...asked].flatMap(([provider, routes]) =>
    isHttp(provider) ? [{ provider, models: routes.map(({ model }) => model) }] : [],
  )
  return {
    workspace: config.user.workspace,
    isolation,
    routes: used.map(({ provider, models }) => upstreamRoute(provider, models, env)),
    secrets: used.flatMap(({ provider }) => secretsOf(provider, env)),
    bootstrap: bootstrapOf(context, config, { agents, offers }, { isolation, gates: gatesOf([...asked.keys()]) }),
    hints:
      config.selection.provider === 'offline'
        ? hintsOf(detectKeys(env, config.providers), config, context.program)
        : [],
  }
}

type Planned = { readonly agents: readonly PlannedAgent[]; readonly offers: readonly PlannedOffer[] }

function isolationOf(insecure: boolean, unkept: readonly string[]): Isolation {
  const words = [
    'NOT SEALED: the agent is a plain child process of yours. A command that you approve can do whatever you can.',
    ...unkept,
  ]
  return { tier: 'process', sealed: false, words: insecure ? [...words, 'You started it with --insecure.'] : words }
}

function bootstrapOf(
  { user, version, paths, env }: CommandContext,
  config: UsersConfig,
  planned: Planned,
  { isolation, gates }: Pick<Bootstrap, 'isolation' | 'gates'>,
): DaemonPlan['bootstrap'] {
  const { tools, gateway, user: own, policy, budget } = config
  const { log, gateway: socket, broker } = paths
  return {
    user,
    version,
    paths: { log, gateway: socket, broker, workspace: own.workspace },
    ...(gateway.tcpPort !== undefined && { tcpPort: gateway.tcpPort }),
    isolation,
    agents: Object.fromEntries(planned.agents.map((agent) => [agent.name, guestAgent(agent, planned)])),
    ...guestOffers(planned.offers, config),
    gates,
    ...(isLimited(config, planned) && { budget: { day: budget.day, turn: budget.turn } }),
    policy,
    concurrentTurns: gateway.maxConcurrentTurnsPerUser,
    shell: {
      enabled: tools.shell.enabled,
      timeoutSecs: tools.shell.commandTimeoutSecs,
      env: Object.fromEntries(tools.shell.envKeys.flatMap((key) => (env[key] === undefined ? [] : [[key, env[key]]]))),
    },
  }
}

function guestAgent(agent: PlannedAgent, { offers }: Planned): GuestAgent {
  const refuses = refusedBy(agent, offers)
  return { ...agent.guest, ...(refuses.length > 0 && { refuses }) }
}

/** Each provider once, however many of its models are offered. */
function guestOffers(offers: readonly PlannedOffer[], config: Config): Pick<Bootstrap, 'providers' | 'models'> {
  const providers = new Map(offers.map(({ route: { entry } }) => [entry.name, guestProvider(entry, config)]))
  const models = offers.map(({ name, route: { found }, price }): [string, GuestModel] => {
    const inputs = inputsOf([found])
    return [name, { ...tokenLimits(config.runtime, [found]), ...(price && { price }), ...(inputs && { inputs }) }]
  })
  return { providers: Object.fromEntries(providers), models: Object.fromEntries(models) }
}

const gatesOf = (providers: readonly ProviderConfig[]): Bootstrap['gates'] =>
  Object.fromEntries(providers.map(({ name, limits }) => [name, limits]))

/** Free models spend no money: only a day that is limited in tokens is then given out in slices. */
const isLimited = ({ budget: { day } }: Config, { agents, offers }: Planned) =>
  day.tokens !== undefined ||
  (day.microUsd !== undefined && [...agents, ...offers].some(({ price }) => price && price.input + price.output > 0))

/** Names a variable or an entry, never a value, and makes no call. */
const hintsOf = (found: readonly KeyHint[], { providers }: Config, program: string): string[] =>
  found.map(({ name, provider }) => {
    const known = providers.has(provider)
    const entry = known ? '' : `providers.registry.${provider} = { provider_type = "${provider}", base_url = "…" }, `
    return `${name} is set. To use it: ${program} setup, or write ${entry}selection.provider = "${provider}" and selection.model = "…" into agent.toml (explained in examples/config/), then restart.`
  })
