import type { ContentPart } from '@nacre/types'

const TITLE_CHARS = 60

/** A session's title until somebody names it: the first line of its first input, cut at 60 characters. */
export function titleOf(parts: readonly ContentPart[]): string {
  const text = parts.map((part) => (part.type === 'text' ? part.text : part.preview)).join(' ')
  const line = text.trim().split('\n', 1)[0] ?? ''
  const chars = [...line]
  return chars.length > TITLE_CHARS ? `${chars.slice(0, TITLE_CHARS - 1).join('')}…` : line
}
