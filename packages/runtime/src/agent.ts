import type { Policy, Registry } from '@nacre/tool'
import type { Blobs, Modality, Price, Provider, World } from '@nacre/types'
import type { Approvals } from './approval.js'
import type { BudgetLimits, Grants } from './budget.js'
import type { Delegates } from './delegate.js'

/** A named configuration: who answers, with what, and how far it may go. */
export type Agent = {
  readonly prompt: string
  readonly provider: Provider
  readonly model: string
  /** Unknown: money is not counted for it, tokens are. */
  readonly price?: Price
  /** Where the provider is made of several: theirs, as `provider/model`; `price` is then the dearest. */
  readonly prices?: ReadonlyMap<string, Price>
  /** What the model can be shown beside text; left out where nobody knows. */
  readonly inputs?: readonly Modality[]
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
  /** How long an approval waits before it counts as denied. */
  readonly approvalMs: number
}
const WEEK_MS = 7 * 86_400_000
export const DEFAULT_LIMITS: TurnLimits = {
  maxSteps: 50,
  contextTokens: 128_000,
  maxOutputTokens: 8_192,
  budget: {},
  approvalMs: WEEK_MS,
}

export type TurnPorts = {
  readonly world: World
  readonly blobs: Blobs
  /** Without it only the agent's own limits hold. */
  readonly grants?: Grants
  /** Without it nothing is approved for longer than a session. */
  readonly approvals?: Approvals
  /** Without it an agent cannot delegate. */
  readonly delegates?: Delegates
}
