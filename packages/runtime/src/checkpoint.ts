import { checkpointBytes } from '@nacre/session'
import { compactedBy } from './compaction.js'
import { roomOf } from './context.js'
import type { CompactionStep } from './decide.js'
import type { Draft, TurnStream } from './draft.js'
import { bytesOf, prefixOf } from './prefix.js'
import type { Run } from './turn-input.js'

/** Puts what a step has summed up in the place of what it summed up, and keeps the state from which to go on. */
export async function* checkpoint(step: CompactionStep, draft: Draft, { agent, ports }: Run): TurnStream<undefined> {
  // A checkpoint names its place in the log: what rides has to be there first.
  if (draft.riding()) return void (yield* draft.record())
  const state = draft.view()
  const compaction = compactedBy(step, state, roomOf(agent.limits, bytesOf(prefixOf(agent)).length))
  const hash = await ports.blobs.put(checkpointBytes({ ...state, compaction }))
  yield* draft.record({ type: 'session.compacted', upTo: state.seq, state: hash, ...compaction })
}
