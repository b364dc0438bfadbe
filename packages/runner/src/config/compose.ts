import { join, resolve } from 'node:path'
import { Secret, VENDORS, type Vendor } from '@nacre/providers'
import { type UserId, userId } from '@nacre/types'
import { agentsOf, allowanceOf } from './agents.js'
import type { Config, HttpProviderConfig, ProviderConfig, UserConfig } from './config.js'
import { type Leaf, nest } from './doc.js'
import { dotted, type KeyPath } from './key-path.js'
import { keysOf } from './keys.js'
import { originOf } from './problem.js'
import { routedOf, selectionOf } from './routing.js'
import { type AgentToml, agentSchema, type RunnerToml, runnerSchema, type UserToml, userSchema } from './schema.js'
import { BUILT_IN } from './schema-providers.js'

/** The merged layers, by kind of file. */
export type Layers = Readonly<Record<'agent' | 'runner' | 'user', ReadonlyMap<string, Leaf>>>

/** What the paths of a configuration are relative to. */
type Homes = { readonly home: string; readonly stateHome: string }

/** The configuration that merged, judged layers make. `prompts` are the texts of prompt files, by the key that names them. */
export function compose(
  layers: Layers,
  around: Homes,
  user: string | undefined,
  prompts: ReadonlyMap<string, string>,
): Config {
  const agent = agentSchema.parse(nest(layers.agent.values()))
  const runner = runnerSchema.parse(nest(layers.runner.values()))
  const own = userSchema.parse(nest(layers.user.values()))
  const pathAt = (leaf: Leaf | undefined) => leaf && absolute(leaf, around.home)
  const workspaceRoot = pathAt(layers.runner.get('workspace_root')) ?? join(around.stateHome, 'workspaces')
  const origins = originsOf(layers)
  const isNamed = ['provider', 'model'].some((key) => layers.agent.has(`selection.${key}`))
  const selection = selectionOf(agent.selection, isNamed, agent.selection)
  return {
    prompt: agent.prompt ?? prompts.get('prompt_file'),
    ...agentPart(agent),
    selection,
    agents: agentsOf(agent, selection, prompts),
    tools: { shell: shellOf(agent, own) },
    gateway: {
      maxConcurrentTurnsPerUser: agent.gateway.max_concurrent_turns_per_user,
      tcpPort: runner.gateway.tcp_port,
    },
    providers: providersOf(agent, origins),
    workspaceRoot,
    user:
      user === undefined
        ? undefined
        : userOf(userId(user), { runner, own, workspaceRoot, shared: pathAt(layers.user.get('mounts.shared')) }),
    origins,
  }
}

/** A path of a file or variable: `~/` is the home directory, anything relative lies beside what named it. */
export function absolute(leaf: Leaf, home: string): string {
  const path = String(leaf.value)
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : resolve(leaf.doc.dir, path)
}

function agentPart({ runtime, reliability, budget, policy }: AgentToml) {
  return {
    runtime: {
      maxTurns: runtime.max_turns,
      maxOutputTokens: runtime.max_output_tokens,
      contextBudget: { fallbackMaxContextTokens: runtime.context_budget.fallback_max_context_tokens },
    },
    reliability: {
      maxAttempts: reliability.max_attempts,
      backoffBaseMs: reliability.backoff_base_ms,
      backoffMaxMs: reliability.backoff_max_ms,
      connectTimeoutMs: reliability.connect_timeout_ms,
      firstByteTimeoutMs: reliability.first_byte_timeout_ms,
      chunkTimeoutMs: reliability.chunk_timeout_ms,
      totalTimeoutMs: reliability.total_timeout_ms,
    },
    budget: {
      call: allowanceOf(budget.call_usd, budget.call_tokens),
      turn: allowanceOf(budget.turn_usd, budget.turn_tokens),
      session: allowanceOf(budget.session_usd, budget.session_tokens),
      day: allowanceOf(budget.day_usd, budget.day_tokens),
    },
    policy: {
      'read-only': policy.read_only,
      'side-effecting': policy.side_effecting,
      privileged: policy.privileged,
      tools: policy.tools,
    },
    approvalExpiresSecs: policy.approval_expires_secs,
  } as const
}

/** A user's own file can take the shell away, not give it. */
const shellOf = ({ tools }: AgentToml, own: UserToml) => ({
  enabled: tools.shell.enabled && own.behavior.shell_enabled !== false,
  commandTimeoutSecs: tools.shell.command_timeout_secs,
  envKeys: tools.shell.env_keys,
})

function providersOf(
  { providers }: AgentToml,
  origins: ReadonlyMap<string, string>,
): ReadonlyMap<string, ProviderConfig> {
  return new Map(Object.entries(providers.registry).map(([name, entry]) => [name, providerOf(name, entry, origins)]))
}

type Entry = AgentToml['providers']['registry'][string]

function providerOf(name: string, entry: Entry, origins: ReadonlyMap<string, string>): ProviderConfig {
  const { provider_type: type = 'offline', api_key: key } = entry
  if (type === 'offline') return { type, name, ...routedOf(entry) }
  if (type === 'cli') return { type, name, ...routedOf(entry), command: entry.command ?? '', args: entry.args ?? [] }
  const { baseUrl: usual = '' }: Vendor = VENDORS[type] // Whoever lacks one of either kind is refused; see cross.ts.
  const from = `api_key in ${origins.get(dotted(['providers', 'registry', name, 'api_key']))}`
  return {
    type,
    name,
    ...routedOf(entry),
    baseUrl: entry.base_url ?? usual,
    apiKey: key === undefined ? undefined : { key: new Secret(key), from },
    apiKeyEnv: entry.api_key_env,
    extraHeaders: new Map(
      Object.entries(entry.extra_headers ?? {}).map(([header, value]) => [header, new Secret(value)]),
    ),
  } satisfies HttpProviderConfig
}

type UserParts = {
  readonly runner: RunnerToml
  readonly own: UserToml
  readonly workspaceRoot: string
  readonly shared: string | undefined
}

const userOf = (id: UserId, { runner, own, workspaceRoot, shared }: UserParts): UserConfig => ({
  id,
  workspace: shared ?? join(workspaceRoot, id, 'shared'),
  tier: own.behavior.sandbox_tier ?? runner.default_tier,
})

function originsOf(layers: Layers): ReadonlyMap<string, string> {
  const defaults = (['agent', 'runner', 'user'] as const)
    .flatMap(keysOf)
    .filter((path: KeyPath) => !path.includes('*'))
    .map((path) => [dotted(path), 'default'] as const)
  const set = [layers.agent, layers.runner, layers.user]
    .flatMap((leaves) => [...leaves])
    .map(([key, { doc, path }]) => [key, originOf(doc.placeOf(path))] as const)
  return new Map([...defaults, ...set])
}

/** The lowest layer: what the registry holds before anybody writes a file. */
export const builtIn = {
  kind: 'agent',
  values: BUILT_IN,
  placeOf: () => ({ source: 'default' }),
  dir: '/',
  trusted: true,
} as const
