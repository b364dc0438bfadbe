import type { Seq } from '@nacre/types'
import type { SessionState } from './state.js'

type Kept = Omit<SessionState, 'seen'> & {
  readonly seen: { readonly recent: readonly string[]; readonly older: readonly string[] }
}

/** The bytes of a checkpoint: a state without the finished turns that its compaction covers wholly. */
export function checkpointBytes({ seen, ...state }: SessionState): Uint8Array {
  const kept: Kept = { ...state, turns: toldTurns(state), seen: { recent: seen.recent, older: [...seen.older] } }
  return new TextEncoder().encode(JSON.stringify(kept))
}

/** In place of one that would be too large: the log is read from the beginning. */
export const NO_CHECKPOINT = new TextEncoder().encode('{}')

/** Finished turns that a context still tells; the covered step may be the last of the first one. */
function toldTurns({ turns, compaction }: Omit<SessionState, 'seen'>): SessionState['turns'] {
  const at = turns.findIndex(({ steps }) => steps.some(({ step }) => step === compaction?.step))
  return at === -1 ? [] : turns.slice(at)
}

/** The state that a fold of the events after `upTo` begins with. Undefined: it keeps less than is told. */
export function fromCheckpoint(bytes: Uint8Array, upTo: Seq): SessionState | undefined {
  // Written by `checkpointBytes`, and found by the hash of its bytes.
  const kept = JSON.parse(new TextDecoder().decode(bytes)) as Omit<Kept, 'turns'> & Partial<Pick<Kept, 'turns'>>
  const { turns, seen } = kept
  return turns && { ...kept, base: upTo, turns, seen: { recent: seen.recent, older: new Set(seen.older) } }
}
