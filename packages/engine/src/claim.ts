import { fold, hasWork, isDue, lift, type NewSessionEvent, type SessionState, sessionOf } from '@nacre/session'
import { type StreamName, streamName } from '@nacre/types'
import type { DrivePorts } from './ports.js'
import { readAfter } from './write.js'

type Claim = { type: 'claimed' | 'idle' | 'lost' | 'refused'; state: SessionState }

/** Takes hold of a session that has work, by the next epoch, and makes it known to whoever acts for it. */
export async function claim(stream: StreamName, known: SessionState, ports: DrivePorts): Promise<Claim> {
  const { log, engine, effectors } = ports
  let state = fold(await readAfter(log, stream, known.seq), known)
  for (const before = state.epoch; ; state = fold(await readAfter(log, stream, state.seq), state)) {
    if (state.epoch > before) return { type: 'lost', state }
    if (state.deleted) return { type: 'idle', state }
    if (state.unknown.length > 0)
      return { type: 'refused', state: await refuse(stream, state, ports, strangeWords(state)) }
    if (!hasWork(state, ports.world.now())) return { type: 'idle', state }
    if (!isDue(state) && (await ports.agentOf(state.agent)) === undefined)
      return { type: 'refused', state: await refuse(stream, state, ports, agentlessWords(state)) }
    const epoch = state.epoch + 1
    const result = await log.append(stream, [claimEvent(epoch, engine)], { expectedSeq: state.seq })
    if (result.type === 'conflict') continue
    await Promise.all(effectors.map((effector) => effector.fence({ session: sessionOf(stream), epoch })))
    return {
      type: 'claimed',
      state: fold(
        result.events.map((event) => lift(event)),
        state,
      ),
    }
  }
}

const claimEvent = (epoch: number, engine: string): NewSessionEvent => ({ type: 'session.claimed', epoch, engine })

/** Driving past an event that is not understood could contradict it. */
const strangeWords = ({ unknown }: SessionState): string =>
  `This session holds events that this version of Nacre does not know, so it is not carried on (${unknown.join(', ')}). Start the newer version that wrote them, or fork the session before them.`

/** Another agent would answer with other tools and another policy than the session was made for. */
const agentlessWords = ({ agent }: SessionState): string =>
  `The agent ${agent} of this session is not configured any more, so it is not carried on. Configure it again as [agents.${agent}] and restart, or go on in a new session.`

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
