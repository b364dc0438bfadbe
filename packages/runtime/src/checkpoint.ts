import { checkpointBytes, NO_CHECKPOINT } from '@nacre/session'
import { compactedBy } from './compaction.js'
import { roomOf } from './context.js'
import type { CompactionStep } from './decide.js'
import type { Draft, TurnStream } from './draft.js'
import { prefixOf } from './prefix.js'
import type { Run } from './turn-input.js'

/** An open turn may have thousands of results; a store may refuse so large a blob, and a turn must not hang on a cache. */
const MOST_BYTES = 16 * 1024 * 1024

/** Puts what a step has summed up in the place of what it summed up, and keeps the state from which to go on. */
export async function* checkpoint(step: CompactionStep, draft: Draft, { agent, ports }: Run): TurnStream<undefined> {
  // A checkpoint names its place in the log: what rides has to be there first.
  if (draft.riding()) return void (yield* draft.record())
  const state = draft.view()
  const compaction = compactedBy(step, state, roomOf(agent.limits, prefixOf(agent).bytes.length))
  const bytes = checkpointBytes({ ...state, compaction })
  const hash = await ports.blobs.put(bytes.length > MOST_BYTES ? NO_CHECKPOINT : bytes)
  yield* draft.record({ type: 'session.compacted', upTo: state.seq, state: hash, ...compaction })
}
