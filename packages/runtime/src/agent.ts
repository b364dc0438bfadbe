import type { Policy, Registry } from '@nacre/tool'
import type { Blobs, Provider, World } from '@nacre/types'
import type { BudgetLimits, Grants, Price } from './budget.js'

/** A named configuration: who answers, with what, and how far it may go. */
export type Agent = {
  readonly prompt: string
  readonly provider: Provider
  readonly model: string
  /** Unknown: money is not counted for it, tokens are. */
  readonly price?: Price
  readonly registry: Registry
  readonly policy: Policy
  readonly limits: TurnLimits
}

export type TurnLimits = {
  /** Model calls in one turn; when they are spent one last step that may call none wraps up. */
  readonly maxSteps: number
  readonly contextTokens: number
  readonly maxOutputTokens: number
  readonly budget: BudgetLimits
}
export const DEFAULT_LIMITS: TurnLimits = { maxSteps: 50, contextTokens: 128_000, maxOutputTokens: 8_192, budget: {} }

export type TurnPorts = { readonly world: World; readonly blobs: Blobs; readonly grants?: Grants }
