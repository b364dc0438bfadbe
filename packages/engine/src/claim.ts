import {
  fold,
  hasWork,
  isDue,
  lift,
  type NewSessionEvent,
  type SessionState,
  selectionOf,
  sessionOf,
} from '@nacre/session'
import { type StreamName, streamName } from '@nacre/types'
import { agentFor } from './agent-for.js'
import { createHold, type Hold } from './hold.js'
import type { DrivePorts } from './ports.js'
import { readAfter } from './write.js'

type Claim =
  | { type: 'held'; hold: Hold; state: SessionState }
  | { type: 'idle' | 'lost' | 'refused'; state: SessionState }

/**
 * Takes hold of a session that has work, by the next epoch. Where something was left open, which may have to be settled with
 * whoever acted for it, the claim stands when this returns.
 */
export async function claim(stream: StreamName, known: SessionState, ports: DrivePorts): Promise<Claim> {
  const { log, engine, effectors } = ports
  let state = fold(await readAfter(log, stream, known.seq), known)
  for (const before = state.epoch; ; state = fold(await readAfter(log, stream, state.seq), state)) {
    if (state.epoch > before) return { type: 'lost', state }
    if (state.deleted) return { type: 'idle', state }
    if (state.unknown.length > 0)
      return { type: 'refused', state: await refuse(stream, state, ports, strangeWords(state)) }
    if (!hasWork(state, ports.world.now())) return { type: 'idle', state }
    if (!isDue(state) && (await agentFor(state, ports.agentOf)) === undefined)
      return { type: 'refused', state: await refuse(stream, state, ports, agentlessWords(state)) }
    const hold = createHold(stream, state.epoch + 1, engine, effectors)
    if (state.open === undefined && !isDue(state)) return { type: 'held', hold, state }
    const result = await log.append(stream, hold.owed(), { expectedSeq: state.seq })
    if (result.type === 'conflict') continue
    await hold.stands()
    return {
      type: 'held',
      hold,
      state: fold(
        result.events.map((event) => lift(event)),
        state,
      ),
    }
  }
}

/** Driving past an event that is not understood could contradict it. */
const strangeWords = ({ unknown }: SessionState): string =>
  `This session holds events that this version of Nacre does not know, so it is not carried on (${unknown.join(', ')}). Start the newer version that wrote them, or fork the session before them.`

/** Another agent would answer with other tools and another policy than the session was made for. */
const agentlessWords = (state: SessionState): string => {
  const { agent } = selectionOf(state)
  return `The agent ${agent} of this session is not configured any more, so it is not carried on. Select another agent for it, or configure [agents.${agent}] again and restart.`
}

/** Says once why nobody carries the session on; of a delegate also where a person looks. */
async function refuse(
  stream: StreamName,
  state: SessionState,
  { log, user }: DrivePorts,
  text: string,
): Promise<SessionState> {
  if (state.notices.at(-1)?.text === text) return state
  const result = await log.append(stream, [warning(text)], { expectedSeq: state.seq })
  if (result.type !== 'appended') return state
  if (state.parent) {
    const whose = `The delegate ${state.agent} in ${sessionOf(stream)} does not go on. ${text} Cancel this turn to go on without it.`
    await log.append(streamName(user, state.parent.root), [warning(whose)])
  }
  return fold(
    result.events.map((event) => lift(event)),
    state,
  )
}

const warning = (text: string): NewSessionEvent => ({ type: 'notice.posted', level: 'warning', text })
