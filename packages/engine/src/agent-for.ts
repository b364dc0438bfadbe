import type { Agent } from '@nacre/runtime'
import { type SessionState, selectionOf } from '@nacre/session'
import type { AgentOf } from './ports.js'

/**
 * Who carries a session on. A turn goes on with whoever began it; where there is none of that name any more, with whoever was
 * selected since: nobody else could end it.
 */
export async function agentFor(state: SessionState, agentOf: AgentOf): Promise<Agent | undefined> {
  const { agent, model } = selectionOf(state)
  const found = await agentOf(agent, model)
  return found === undefined && state.open?.keeps ? agentOf(state.agent, state.model) : found
}
