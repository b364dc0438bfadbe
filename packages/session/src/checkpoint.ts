import type { Seq } from '@nacre/types'
import type { SessionState } from './state.js'

/** The bytes of a checkpoint: a state without its finished turns, whose end the events after it tell. */
export function checkpointBytes({ seen, turns: _, ...state }: SessionState): Uint8Array {
  const kept = { ...state, seen: { recent: seen.recent, older: [...seen.older] } }
  return new TextEncoder().encode(JSON.stringify(kept))
}

/** The state that a fold of the events after `upTo` begins with. */
export function fromCheckpoint(bytes: Uint8Array, upTo: Seq): SessionState {
  // Written by `checkpointBytes`, and found by the hash of its bytes.
  const kept = JSON.parse(new TextDecoder().decode(bytes)) as Omit<SessionState, 'seen' | 'turns'> & {
    seen: { recent: readonly string[]; older: readonly string[] }
  }
  return {
    ...kept,
    base: upTo,
    turns: [],
    seen: { recent: kept.seen.recent, older: new Set(kept.seen.older) },
  }
}
