import {
  isTransient,
  type Live,
  type LiveStep,
  lift,
  liveStored,
  liveTransient,
  type StepSnapshot,
} from '@nacre/session'
import type { StoredEvent, StreamName, Transient } from '@nacre/types'

/** A step that says more is not joined any further: a late follower then sees its beginning only. */
const LIVE_LIMIT_CHARS = 1024 * 1024

/** What the open steps of each stream have said so far. Steps that were open before this log was opened have no text. */
export function createLiveText() {
  const streams = new Map<StreamName, Live>()
  const keep = (stream: StreamName, live: Live) =>
    live.length === 0 ? streams.delete(stream) : streams.set(stream, live)

  return {
    stored(stream: StreamName, event: StoredEvent): void {
      const before = streams.get(stream) ?? []
      const after = liveStored(before, lift(event))
      if (after !== before) keep(stream, after)
    },
    transient(stream: StreamName, event: Transient): void {
      const before = streams.get(stream)
      if (before === undefined || !isTransient(event)) return
      const after = liveTransient(before, event)
      keep(
        stream,
        after.map((step, index) => within(step, before[index])),
      )
    },
    snapshots: (stream: StreamName): readonly StepSnapshot[] =>
      (streams.get(stream) ?? []).map((step) => ({ type: 'step.snapshot', ...step })),
  }
}

const within = (step: LiveStep, before: LiveStep | undefined): LiveStep =>
  before !== undefined && step !== before && length(step) > LIVE_LIMIT_CHARS ? before : step

const length = ({ text, reasoning, args }: LiveStep): number =>
  args.reduce((sum, arg) => sum + arg.text.length, text.length + reasoning.length)
