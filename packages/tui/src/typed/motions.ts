import { graphemeEnd, graphemeStart } from '../drawn/width.js'

/** Places in a text, each between two of its characters. A line's end is always such a place, so only lines are looked at. */
export const snapped = (text: string, at: number): number =>
  at <= 0 || at >= text.length ? Math.max(0, Math.min(at, text.length)) : after(text, at - 1)

export function before(text: string, at: number): number {
  if (at <= 0) return 0
  const start = lineStart(text, at - 1)
  if (text[at - 1] === '\n') return at - 1
  return start + graphemeStart(text.slice(start, lineEnd(text, at)), at - 1 - start)
}

export function after(text: string, at: number): number {
  if (at >= text.length) return text.length
  if (text[at] === '\n') return at + 1
  const start = lineStart(text, at)
  return start + graphemeEnd(text.slice(start, lineEnd(text, at)), at - start)
}

export const lineStart = (text: string, at: number): number => (at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1)

export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

/** A word is a run of letters, digits and underscores, or a chip. */
const LETTER = /[\p{L}\p{N}\p{M}_]/u
const CHIP = /[\u{10f000}-\u{10ffff}]/u
const WORD_AHEAD = /[^\p{L}\p{N}\p{M}_\u{10f000}-\u{10ffff}]*(?:[\p{L}\p{N}\p{M}_]+|[\u{10f000}-\u{10ffff}])?/uy

/** The end of this word or the next one. */
export function wordEnd(text: string, at: number): number {
  WORD_AHEAD.lastIndex = at
  return snapped(text, at + (WORD_AHEAD.exec(text)?.[0].length ?? 0))
}

/** The start of this word or the one before. */
export function wordStart(text: string, at: number): number {
  let start = at
  while (start > 0 && !LETTER.test(charBefore(text, start)) && !CHIP.test(charBefore(text, start)))
    start -= charBefore(text, start).length
  if (start > 0 && CHIP.test(charBefore(text, start))) return start - charBefore(text, start).length
  while (start > 0 && LETTER.test(charBefore(text, start))) start -= charBefore(text, start).length
  return start <= 0 || start >= text.length ? start : before(text, after(text, start))
}

function charBefore(text: string, at: number): string {
  const low = text.charCodeAt(at - 1)
  const pair = low >= 0xdc00 && low <= 0xdfff && at > 1 ? text.slice(at - 2, at) : ''
  return /^[\ud800-\udbff]/.test(pair) ? pair : text.slice(at - 1, at)
}
