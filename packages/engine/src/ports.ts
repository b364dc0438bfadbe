import type { Agent } from '@nacre/runtime'
import type { FaultCode, Fence, Log, SessionId, UserId, World } from '@nacre/types'
import type { UserLedger } from './ledger.js'

/** Whatever acts on the world for a session and checks epochs where the effect happens. */
export type Effector = { fence(fence: Fence): Promise<void> }

/**
 * The agent of that name as it is configured now, with `model` (`provider/model`) in place of its own if one was selected.
 * Undefined: there is none. One whose model is gone is better an agent that fails at its first call and says why.
 */
export type AgentOf = (name: string, model?: string) => Agent | undefined | Promise<Agent | undefined>

/** A turn that ended `failed`: why it did is in its session. */
export type FailedTurn = { readonly session: SessionId; readonly code: FaultCode | undefined }

/** What a drive is done with. */
export type DrivePorts = {
  readonly log: Log
  readonly world: World
  readonly user: UserId
  readonly engine: string
  readonly agentOf: AgentOf
  readonly effectors: readonly Effector[]
  readonly ledger: UserLedger
  readonly onFailedTurn?: (failed: FailedTurn) => void
}
