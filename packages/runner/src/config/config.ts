import type { Secret } from '@nacre/providers'
import type { Policy } from '@nacre/tool'
import type { Allowance, UserId } from '@nacre/types'

/** All that was configured, with defaults filled in and paths made absolute. Prints without secrets. */
export type Config = {
  /** The agent's system prompt; the built-in one where nobody set any. */
  readonly prompt: string | undefined
  readonly selection: { readonly provider: string; readonly model: string }
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
  readonly selection: { readonly provider: string; readonly model: string }
  /** Undefined: all that there are. */
  readonly tools: readonly string[] | undefined
  readonly maxTurns: number
  readonly budget: Readonly<Record<'call' | 'turn' | 'session', Allowance>>
}

/** An entry of the registry. */
export type ProviderConfig = OfflineConfig | HttpProviderConfig
type OfflineConfig = { readonly type: 'offline'; readonly name: string }
export type HttpProviderConfig = {
  readonly type: 'openai' | 'anthropic'
  readonly name: string
  readonly baseUrl: string
  /** The key itself where a file or variable of ours holds it; `keyOf` finds the others. */
  readonly apiKey: { readonly key: Secret; readonly from: string } | undefined
  readonly apiKeyEnv: string | undefined
  readonly extraHeaders: ReadonlyMap<string, Secret>
}

export type UserConfig = {
  readonly id: UserId
  /** Their own workspace: the flag, else mounts.shared, else `<workspaceRoot>/<id>/shared`. */
  readonly workspace: string
  readonly tier: 'process'
}
