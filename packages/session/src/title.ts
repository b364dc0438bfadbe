import type { ContentPart } from '@nacre/types'
import type { TurnQueued } from './event.js'

const TITLE_CHARS = 60

/** What an input makes the title, if it has none: a compaction that is asked for says nothing of what it is about. */
export const titleOfInput = ({ parts, mode }: Pick<TurnQueued, 'parts' | 'mode'>): string =>
  mode === 'compact' ? '' : titleOf(parts)

/** A session's title until somebody names it: the first line of its first input, cut at 60 characters. */
function titleOf(parts: readonly ContentPart[]): string {
  const text = parts.map((part) => (part.type === 'text' ? part.text : part.preview)).join(' ')
  const line = text.trim().split('\n', 1)[0] ?? ''
  const chars = [...line]
  return chars.length > TITLE_CHARS ? `${chars.slice(0, TITLE_CHARS - 1).join('')}…` : line
}
