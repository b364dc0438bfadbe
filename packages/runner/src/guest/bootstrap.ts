import type { DayBudget } from '@nacre/engine'
import type { VendorName } from '@nacre/providers'
import type { GateLimits } from '@nacre/providers/routing'
import type { TurnLimits } from '@nacre/runtime'
import type { Policy } from '@nacre/tool'
import { type FaultCode, type Isolation, type Modality, type Price, type UserId, userId } from '@nacre/types'

/**
 * Everything that a guest is told, on its standard input, as one JSON line. No provider key is among it: the guest
 * reaches models over its broker link only. `token` admits faces to this guest's gateway.
 */
export type Bootstrap = {
  readonly user: UserId
  readonly version: string
  readonly token: string
  readonly paths: {
    readonly log: string
    readonly gateway: string
    readonly broker: string
    readonly workspace: string
  }
  readonly tcpPort?: number
  readonly isolation: Isolation
  /** By name; `default` is there always. */
  readonly agents: Readonly<Record<string, GuestAgent>>
  /** Of the models that may be selected, by name. */
  readonly providers: Readonly<Record<string, GuestProvider>>
  /** What may be selected in place of an agent's own model, as `provider/model`. */
  readonly models: Readonly<Record<string, GuestModel>>
  /** How much each provider may be asked, by all agents together; one that is not named as much as may be. */
  readonly gates: Readonly<Record<string, GateLimits>>
  /** What the user may spend in a day, and one turn of it; absent where no agent's spending counts against it. */
  readonly budget?: DayBudget
  readonly policy: Policy
  readonly concurrentTurns: number
  readonly shell: {
    readonly enabled: boolean
    readonly timeoutSecs: number
    readonly env: Readonly<Record<string, string>>
  }
}
export type GuestAgent = {
  readonly description: string
  readonly provider: GuestProvider
  readonly model: string
  /** Who is asked after these, in this order. */
  readonly fallback: readonly GuestRoute[]
  readonly prompt: string
  /** Absent: all that there are. */
  readonly tools?: readonly string[]
  readonly limits: TurnLimits
  /** Of what may be selected, what it must not be answered by. */
  readonly refuses?: readonly string[]
  /** What its models can be shown beside text; absent where nobody knows. */
  readonly inputs?: readonly Modality[]
  /** The dearest of its models'; absent where nobody knows one. */
  readonly price?: Price
  /** Each of its models', as `provider/model`. */
  readonly prices: Readonly<Record<string, Price>>
}
/** A model that may be selected; what nobody knows is absent. */
export type GuestModel = Pick<TurnLimits, 'contextTokens' | 'maxOutputTokens'> & Pick<GuestAgent, 'price' | 'inputs'>
type GuestRoute = { readonly provider: GuestProvider; readonly model: string }
export type GuestProvider =
  | { readonly type: 'offline'; readonly name: string }
  | ({ readonly type: VendorName } & GuestLink)
  | ({ readonly type: 'cli'; readonly command: string; readonly args: readonly string[] } & GuestLink)
type GuestLink = {
  readonly name: string
  readonly clocks: {
    readonly connectMs: number
    readonly firstByteMs: number
    readonly betweenChunksMs: number
    readonly totalMs: number
  }
  readonly retry: { readonly attempts: number; readonly baseMs: number; readonly mostMs: number }
}

/** A provider's base URL in a guest. The host means nothing: all goes over the broker's socket. */
export const brokerUrl = (provider: string) => `http://broker/${provider}`

/** What a guest says on its standard output, one JSON line each. */
export type GuestMessage =
  | { readonly type: 'ready'; readonly endpoint: string }
  | { readonly type: 'fault'; readonly code: FaultCode; readonly message: string; readonly mend?: string }
  | { readonly type: 'warning'; readonly message: string }
  /** Whose, and of what kind; what was said stays in the session. */
  | { readonly type: 'turn_failed'; readonly session: string; readonly code?: FaultCode }

export const parseBootstrap = (line: string): Bootstrap => {
  const value = JSON.parse(line) as Bootstrap
  return { ...value, user: userId(value.user) }
}
