import type { LogItem } from '@nacre/types'
import { apply, EMPTY_SESSION } from './apply.js'
import { lift } from './lift.js'
import { isTransient, type Live, liveStored, liveTransient } from './live.js'
import type { SessionState } from './state.js'

/** What a face shows: the fold of the stored events, and what is being said right now. */
export type Transcript = {
  readonly state: SessionState
  readonly live: Live
  /** Output of running calls, newest 4,000 characters each, by call id. */
  readonly progress: Readonly<Record<string, string>>
  /** False until everything stored was seen. */
  readonly caughtUp: boolean
}

export const EMPTY_TRANSCRIPT: Transcript = { state: EMPTY_SESSION, live: [], progress: {}, caughtUp: false }

const PROGRESS_CHARS = 4000

export function applyItem(transcript: Transcript, item: LogItem): Transcript {
  if (item.kind === 'live') return { ...transcript, caughtUp: true }
  if (item.kind === 'stored') {
    const event = lift(item.event)
    const progress = event.type === 'turn.finished' ? {} : transcript.progress
    return { ...transcript, state: apply(transcript.state, event), live: liveStored(transcript.live, event), progress }
  }
  const { event } = item
  if (!isTransient(event)) return transcript
  if (event.type !== 'tool.progress') return { ...transcript, live: liveTransient(transcript.live, event) }
  const output = ((transcript.progress[event.call] ?? '') + event.text).slice(-PROGRESS_CHARS)
  return { ...transcript, progress: { ...transcript.progress, [event.call]: output } }
}
