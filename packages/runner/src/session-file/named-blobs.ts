import type { SessionEvent } from '@nacre/session'
import type { BlobHash } from '@nacre/types'

/** The blobs that an event names. A checkpoint's is not among them: it is made from the events. */
export function namedBlobs(event: SessionEvent): readonly BlobHash[] {
  switch (event.type) {
    case 'prefix.set':
      return [event.hash]
    case 'turn.queued':
    case 'question.asked':
    case 'question.answered':
    case 'tool.finished':
      return event.parts.flatMap((part) => (part.type === 'blob' ? [part.hash] : []))
    default:
      return []
  }
}
