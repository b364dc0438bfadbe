import { GOAL, type NewSessionEvent, type SessionState } from '@nacre/session'
import type { Allowance, TurnId } from '@nacre/types'
import { prefixOf } from './prefix.js'
import type { Run } from './turn-input.js'

/** What is recorded when a turn begins: its slice of what may be spent, and the prefix, which may change only here. */
export async function openingOf(turn: TurnId, state: SessionState, run: Run): Promise<NewSessionEvent[]> {
  const { agent, ports } = run
  const slice = await sliceFor(turn, state, run)
  const started: NewSessionEvent = { type: 'turn.started', turn, ...(slice && { allowance: slice }) }
  const { hash, bytes } = prefixOf(agent)
  if (state.prefix === hash) return [started]
  await ports.blobs.put(bytes)
  const reason = state.prefix === undefined ? 'first turn' : 'prompt or tools are others than before'
  return [started, { type: 'prefix.set', hash, reason }]
}

/** What a delegate was made for is paid by whose delegate it is; anything else that is asked of it by the user's day. */
async function sliceFor(turn: TurnId, { parent }: SessionState, { ports }: Run): Promise<Allowance | undefined> {
  if (parent && (turn as string) === GOAL) return parent.allowance
  return ports.grants?.grant(turn)
}
