import type { Agent } from '@nacre/runtime'
import type { Fence, Log, UserId, World } from '@nacre/types'
import type { UserLedger } from './ledger.js'

/** Whatever acts on the world for a session and checks epochs where the effect happens. */
export type Effector = { fence(fence: Fence): Promise<void> }

/** What a drive is done with. */
export type DrivePorts = {
  readonly log: Log
  readonly world: World
  readonly user: UserId
  readonly engine: string
  readonly agentOf: (name: string) => Agent | undefined | Promise<Agent | undefined>
  readonly effectors: readonly Effector[]
  readonly ledger: UserLedger
}
