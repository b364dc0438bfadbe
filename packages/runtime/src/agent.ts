import type { Policy, Registry } from '@nacre/tool'
import type { Blobs, Provider, World } from '@nacre/types'

/** A named configuration: who answers, with what, and how far it may go. */
export type Agent = {
  readonly prompt: string
  readonly provider: Provider
  readonly model: string
  readonly registry: Registry
  readonly policy: Policy
  readonly limits: TurnLimits
}

export type TurnLimits = {
  /** Model calls in one turn; when they are spent one last step without tools may wrap up. */
  readonly maxSteps: number
  readonly contextTokens: number
  readonly maxOutputTokens: number
}
export const DEFAULT_LIMITS: TurnLimits = { maxSteps: 50, contextTokens: 128_000, maxOutputTokens: 8_192 }

export type TurnPorts = { readonly world: World; readonly blobs: Blobs }
