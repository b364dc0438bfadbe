import type { SessionState } from '@nacre/session'
import type { SessionId } from '@nacre/types'
import type { Agent, TurnPorts } from './agent.js'
import type { ToolRun } from './tool-step.js'

export type TurnInput = {
  readonly session: SessionId
  /** The fold of the session's log, to its end. */
  readonly state: SessionState
  readonly agent: Agent
  readonly ports: TurnPorts
  /** The only thing that cancels: finished results and partial text stay, what is open closes as interrupted. */
  readonly signal: AbortSignal
}

export type Run = TurnInput & ToolRun
