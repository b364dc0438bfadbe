import { BLANK, type Line, line } from '../drawn/line.js'
import { cleanInline, cleanLine, LINE_END, linesOf } from './clean.js'
import { inlineOf } from './inline.js'
import { joined, styled } from './styled.js'

const FIRST_CHARS = 60
const LAST_CHARS = 200
const FOLD_CHARS = 100_000

/** A model's reasoning in one line: how long it is, and how it begins. None where there is nothing in it. */
export function foldedThought(text: string): Line[] {
  const words = text.match(/\S+/gu)?.length ?? 0
  if (words === 0) return []
  const begins = inlineOf(cleanInline(text.trimStart().slice(0, FOLD_CHARS)).slice(0, 4 * FIRST_CHARS)).text
  const first = begins.length > FIRST_CHARS ? `${begins.slice(0, FIRST_CHARS).trimEnd()}…` : begins
  return [BLANK, line(`∴ thought for ${words} ${words === 1 ? 'word' : 'words'}: ${first}`, 'dim', 2)]
}

/** The last line of reasoning that goes on. */
export function lastThought(text: string): Line[] {
  const last = linesOf(text.slice(-LAST_CHARS).trimEnd()).at(-1) ?? ''
  return last.trim() === '' ? [] : [BLANK, line(`∴ ${inlineOf(cleanLine(last)).text}`, 'dim', 2)]
}

/** What reasoning that goes on adds to its first `units`: whole lines, behind a gutter. */
export function openThought(units: number, text: string): { units: number; lines: Line[] } {
  const end = text.endsWith('\r') ? text.length - 1 : text.length
  const lines: Line[] = []
  let read = units
  for (const { 0: lineEnd, index } of text.slice(units, end).matchAll(LINE_END)) {
    lines.push(...thoughtLine(text.slice(read, units + index), read === 0))
    read = units + index + lineEnd.length
  }
  return { units: read, lines }
}

export function thoughtLine(text: string, first: boolean): Line[] {
  const { text: shown, marks } = joined([styled('┊ '), inlineOf(cleanLine(text).trimEnd())])
  return [...(first ? [BLANK] : []), { text: shown, marks, tone: 'dim', hang: 2 }]
}
