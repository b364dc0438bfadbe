import { createRedactor, type Redactor } from '@nacre/kit'
import { endpointOf, type Secret } from '@nacre/providers'
import type { Isolation } from '@nacre/types'
import type { Route } from '../broker/broker.js'
import { secretsOf } from '../broker/secrets.js'
import type { CommandContext } from '../commands/context.js'
import { detectKeys, findKey, type KeyHint, keyVariables } from '../config/api-key.js'
import type { Config, HttpProviderConfig, ProviderConfig, UserConfig } from '../config/config.js'
import { loadConfig } from '../config/load-config.js'
import type { Bootstrap, GuestProvider } from '../guest/bootstrap.js'
import { type Money, moneyOf } from './money.js'
import { DEFAULT_PROMPT } from './prompt.js'

/** Everything that a start needs, from the configuration. Keys stay in `routes`, which never leaves the host. */
export type DaemonPlan = {
  readonly workspace: string
  readonly isolation: Isolation
  readonly routes: readonly Route[]
  /** Knows every secret in `routes`. */
  readonly redactor: Redactor
  readonly bootstrap: (token: string) => Bootstrap
  /** What a newcomer could do next, in words. */
  readonly hints: readonly string[]
}

type UsersConfig = Config & { readonly user: UserConfig }

export async function planDaemon(context: CommandContext): Promise<DaemonPlan> {
  const { env, home, user, flags } = context
  const { config: file, workspace } = flags
  const config = await loadConfig({
    env,
    cwd: process.cwd(),
    home,
    user,
    flags: { ...(file !== undefined && { config: file }), ...(workspace !== undefined && { workspace }) },
  })
  const provider = config.providers.get(config.selection.provider)
  if (provider === undefined) throw new Error('the configuration let a provider through that it does not have')
  const money = moneyOf(config, provider)
  const isolation = isolationOf(flags.insecure, money.words)
  return {
    workspace: config.user.workspace,
    isolation,
    routes: provider.type === 'offline' ? [] : [routeOf(provider, env)],
    redactor: createRedactor(provider.type === 'offline' ? [] : secretsOf(provider, env)),
    bootstrap: (token) => bootstrapOf(context, config, provider, { isolation, money, token }),
    hints: provider.type === 'offline' ? hintsOf(detectKeys(env, config.providers)) : [],
  }
}

function isolationOf(insecure: boolean, unkept: readonly string[]): Isolation {
  const words = [
    'NOT SEALED: the agent is a plain child process of yours. A command that you approve can do whatever you can.',
    ...unkept,
  ]
  return { tier: 'process', sealed: false, words: insecure ? [...words, 'You started it with --insecure.'] : words }
}

const WIRE = {
  openai: { guest: '/v1/chat/completions', path: '/chat/completions' },
  anthropic: { guest: '/v1/messages', path: '/messages' },
} as const

function routeOf(provider: HttpProviderConfig, env: NodeJS.ProcessEnv): Route {
  const { guest, path } = WIRE[provider.type]
  const found = findKey(provider, env)
  const extra = Object.fromEntries([...provider.extraHeaders].map(([name, value]) => [name, value.reveal()]))
  const auth = found ? authHeader(provider.type, found.key) : isLoopback(provider.baseUrl) ? {} : undefined
  return {
    name: provider.name,
    targets: { [guest]: endpointOf(provider.name, provider.baseUrl, path).url },
    inject: auth && { ...extra, ...auth },
    missing: `No key for ${provider.name} is set on the host. Set ${keyVariables(provider)[0]} for the daemon and restart it.`,
  }
}

const authHeader = (type: HttpProviderConfig['type'], key: Secret): Record<string, string> =>
  type === 'anthropic' ? { 'x-api-key': key.reveal() } : { authorization: `Bearer ${key.reveal()}` }

/** A model server on this machine mostly wants no key. */
const isLoopback = (url: string) => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname)

function bootstrapOf(
  { user, version, paths, env }: CommandContext,
  config: UsersConfig,
  provider: ProviderConfig,
  { isolation, money, token }: { isolation: Isolation; money: Money; token: string },
): Bootstrap {
  const { runtime, tools, gateway, user: own, policy, prompt, budget } = config
  const { call, turn, session, day } = budget
  const { log, gateway: socket, broker } = paths
  return {
    user,
    version,
    token,
    paths: { log, gateway: socket, broker, workspace: own.workspace },
    ...(gateway.tcpPort !== undefined && { tcpPort: gateway.tcpPort }),
    isolation,
    provider: guestProvider(provider, config),
    model: config.selection.model,
    prompt: prompt ?? DEFAULT_PROMPT,
    limits: {
      maxSteps: runtime.maxTurns,
      contextTokens: runtime.contextBudget.fallbackMaxContextTokens,
      maxOutputTokens: runtime.maxOutputTokens,
      budget: { call, turn, session },
    },
    ...(money.price && { price: money.price }),
    budget: { day, turn },
    policy,
    concurrentTurns: gateway.maxConcurrentTurnsPerUser,
    shell: {
      enabled: tools.shell.enabled,
      timeoutSecs: tools.shell.commandTimeoutSecs,
      env: Object.fromEntries(tools.shell.envKeys.flatMap((key) => (env[key] === undefined ? [] : [[key, env[key]]]))),
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

/** Names a variable or an entry, never a value, and makes no call. */
const hintsOf = (found: readonly KeyHint[]): string[] =>
  found.map(({ name, provider }) => {
    const entry = provider === 'ollama' && !name.startsWith('providers.') ? `${OLLAMA_ENTRY}, ` : ''
    return `${name} is set. To use it, write ${entry}selection.provider = "${provider}" and selection.model = "…" into agent.toml (explained in examples/config/), then restart.`
  })

const OLLAMA_ENTRY = 'providers.registry.ollama = { provider_type = "openai", base_url = "http://localhost:11434/v1" }'
