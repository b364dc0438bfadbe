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
import type { Bootstrap } from '../guest/bootstrap.js'
import { type PlannedAgent, plannedAgents } from './planned-agent.js'
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
  const agents = plannedAgents(config, await loadCatalog(env, home))
  const isolation = isolationOf(flags.insecure, [...new Set(agents.flatMap(({ words }) => words))])
  const asked = Map.groupBy(
    agents.flatMap(({ routes }) => routes),
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
    bootstrap: bootstrapOf(context, config, agents, { isolation, gates: gatesOf([...asked.keys()]) }),
    hints:
      config.selection.provider === 'offline'
        ? hintsOf(detectKeys(env, config.providers), config, context.program)
        : [],
  }
}

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
  agents: readonly PlannedAgent[],
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
    agents: Object.fromEntries(agents.map(({ name, guest }) => [name, guest])),
    gates,
    ...(isLimited(config, agents) && { budget: { day: budget.day, turn: budget.turn } }),
    policy,
    concurrentTurns: gateway.maxConcurrentTurnsPerUser,
    shell: {
      enabled: tools.shell.enabled,
      timeoutSecs: tools.shell.commandTimeoutSecs,
      env: Object.fromEntries(tools.shell.envKeys.flatMap((key) => (env[key] === undefined ? [] : [[key, env[key]]]))),
    },
  }
}

const gatesOf = (providers: readonly ProviderConfig[]): Bootstrap['gates'] =>
  Object.fromEntries(providers.map(({ name, limits }) => [name, limits]))

/** Free models spend no money: only a day that is limited in tokens is then given out in slices. */
const isLimited = ({ budget: { day } }: Config, agents: readonly PlannedAgent[]) =>
  day.tokens !== undefined ||
  (day.microUsd !== undefined && agents.some(({ price }) => price && price.input + price.output > 0))

/** Names a variable or an entry, never a value, and makes no call. */
const hintsOf = (found: readonly KeyHint[], { providers }: Config, program: string): string[] =>
  found.map(({ name, provider }) => {
    const known = providers.has(provider)
    const entry = known ? '' : `providers.registry.${provider} = { provider_type = "${provider}", base_url = "…" }, `
    return `${name} is set. To use it: ${program} setup, or write ${entry}selection.provider = "${provider}" and selection.model = "…" into agent.toml (explained in examples/config/), then restart.`
  })
