import type { Secret, VendorName } from '@nacre/providers'
import type { Condition, GateLimits, Tags } from '@nacre/providers/routing'
import type { Policy } from '@nacre/tool'
import type { Allowance, ModelName, UserId } from '@nacre/types'

/** All that was configured, with defaults filled in and paths made absolute. Prints without secrets. */
export type Config = {
  /** The agent's system prompt; the built-in one where nobody set any. */
  readonly prompt: string | undefined
  readonly selection: SelectionConfig
  readonly runtime: {
    /** Model calls in one turn. */
    readonly maxTurns: number
    readonly maxOutputTokens: number
    readonly contextBudget: { readonly fallbackMaxContextTokens: number }
  }
  readonly reliability: {
    readonly maxAttempts: number
    readonly backoffBaseMs: number
    readonly backoffMaxMs: number
    readonly connectTimeoutMs: number
    readonly firstByteTimeoutMs: number
    readonly chunkTimeoutMs: number
    readonly totalTimeoutMs: number
  }
  /** Per call, turn, session and day (UTC): micro-dollars and tokens. */
  readonly budget: Readonly<Record<'call' | 'turn' | 'session' | 'day', Allowance>>
  readonly policy: Policy
  /** How long an approval waits before it counts as denied. */
  readonly approvalExpiresSecs: number
  /** By name, beside the one that is configured at the top. */
  readonly agents: ReadonlyMap<string, AgentConfig>
  readonly tools: {
    readonly shell: {
      /** Whether agent.toml and, where a user was named, their own file let them have it. */
      readonly enabled: boolean
      readonly commandTimeoutSecs: number
      /** Variables of the host that commands may see. */
      readonly envKeys: readonly string[]
    }
  }
  readonly gateway: { readonly maxConcurrentTurnsPerUser: number; readonly tcpPort: number | undefined }
  /** The registry by name. */
  readonly providers: ReadonlyMap<string, ProviderConfig>
  readonly workspaceRoot: string
  /** The user that was named. */
  readonly user: UserConfig | undefined
  /** What set each key: `file:line`, `variable NAME`, `flag --name` or `default`. */
  readonly origins: ReadonlyMap<string, string>
}

/** A named agent, with what it has from the top filled in. */
export type AgentConfig = {
  readonly description: string
  readonly prompt: string | undefined
  readonly selection: SelectionConfig
  /** Undefined: all that there are. */
  readonly tools: readonly string[] | undefined
  readonly maxTurns: number
  readonly budget: Readonly<Record<'call' | 'turn' | 'session', Allowance>>
}

/** Who answers: the named model, then the fallbacks, then whoever the conditions choose. `required` holds for all of them. */
export type SelectionConfig = ModelName & {
  /** False where nobody named a model, and conditions alone choose. */
  readonly named: boolean
  readonly fallback: readonly ModelName[]
  readonly required: readonly Condition[]
  readonly preferred: readonly Condition[]
}

/** An entry of the registry. */
export type ProviderConfig = OfflineConfig | CliConfig | HttpProviderConfig
/** What is said of a provider for those who choose among several, and how much it may be asked. */
export type RoutedConfig = {
  /** The models that conditions may choose. */
  readonly models: readonly string[]
  readonly tags: Tags
  readonly limits: GateLimits
}
type OfflineConfig = RoutedConfig & { readonly type: 'offline'; readonly name: string }
/** A program of this machine that answers what it is told on its standard input. */
type CliConfig = RoutedConfig & {
  readonly type: 'cli'
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
}
export type HttpProviderConfig = RoutedConfig & {
  readonly type: VendorName
  readonly name: string
  readonly baseUrl: string
  /** The key itself where a file or variable of ours holds it; `keyOf` finds the others. */
  readonly apiKey: { readonly key: Secret; readonly from: string } | undefined
  readonly apiKeyEnv: string | undefined
  readonly extraHeaders: ReadonlyMap<string, Secret>
}

export const isHttp = (provider: ProviderConfig): provider is HttpProviderConfig =>
  provider.type !== 'offline' && provider.type !== 'cli'

export type UserConfig = {
  readonly id: UserId
  /** Their own workspace: the flag, else mounts.shared, else `<workspaceRoot>/<id>/shared`. */
  readonly workspace: string
  readonly tier: 'process'
}
