import type { Size } from '../block.js'
import { type Line, line } from '../drawn/line.js'
import { cleanLine, LINE_END } from './clean.js'
import { longLine, tallTable } from './early.js'
import { endOfMarkdown, type Markdown, NEW_MARKDOWN, readLine } from './markdown.js'
import { wholeCells } from './table.js'

/** How much of a text that is being said is given out. Offsets count UTF-16 units. */
export type Speech = {
  readonly markdown: Markdown
  /** Up to here it was read: a line begins here. */
  readonly units: number
  /** Up to here there is no other end of a line. */
  readonly seen: number
}

export const NEW_SPEECH: Speech = { markdown: NEW_MARKDOWN, units: 0, seen: 0 }

/** More of a last line than this is not read again with each of its deltas. */
const TAIL_CHARS = 3000
/** Its beginning is dropped in pieces: where it went with each delta, every row would be another one. */
const DROPPED_CHARS = 2000

/**
 * What a text that goes on adds to what was given out of it; its last line may still grow, and is left out. With a
 * `screen` what takes much of that is given out as far as it is final: rows of a long line, and of a tall table.
 */
export function hear(speech: Speech, text: string, screen?: Size): { speech: Speech; lines: readonly Line[] } {
  const lines: Line[] = []
  let { markdown, units } = speech
  // A CR at the end may be half of a CRLF.
  const end = text.endsWith('\r') ? text.length - 1 : text.length
  for (const { 0: lineEnd, index } of text.slice(speech.seen, end).matchAll(LINE_END)) {
    const read = readLine(markdown, cleanLine(text.slice(units, speech.seen + index)))
    markdown = read.markdown
    lines.push(...read.lines)
    units = speech.seen + index + lineEnd.length
  }
  const heard = { speech: { markdown, units, seen: end }, lines }
  return screen ? relieved(heard, text.slice(units, end), screen) : heard
}

type Heard = ReturnType<typeof hear>

function relieved({ speech, lines }: Heard, open: string, screen: Size): Heard {
  const table = tallTable(speech.markdown, screen)
  const markdown = table?.markdown ?? speech.markdown
  const long = open.length > screen.columns ? longLine(markdown, open, screen) : undefined
  return {
    speech: {
      markdown: long?.read.markdown ?? markdown,
      units: speech.units + (long?.length ?? 0),
      seen: speech.seen,
    },
    lines: [...lines, ...(table?.lines ?? []), ...(long?.read.lines ?? [])],
  }
}

/** What is behind the lines that `hear` gave out of this text, as it stands at the moment. */
export function unfinished({ markdown, units }: Speech, text: string): readonly Line[] {
  const open = saidWhole(markdown, text.slice(units))
  if (open.length <= TAIL_CHARS) return ended(markdown, open)
  const from = Math.ceil((open.length - TAIL_CHARS) / DROPPED_CHARS) * DROPPED_CHARS
  return [...endOfMarkdown(markdown), line(cleanLine(`…${open.slice(from)}`))]
}

/** A row of a table is shown by its cells: as it grows, all that is behind it would move. */
const saidWhole = ({ leaf }: Markdown, open: string): string =>
  leaf.type !== 'fence' && (leaf.type === 'table' ? open.includes('|') : ROW.test(open)) ? wholeCells(open) : open
const ROW = /^\s*\|/u

/** What is not given out yet of a text that is whole. */
export function finish(speech: Speech, text: string): readonly Line[] {
  const whole = text.endsWith('\r') ? `${text}\n` : text
  const heard = hear(speech, whole)
  return [...heard.lines, ...ended(heard.speech.markdown, whole.slice(heard.speech.units))]
}

/** The last line, which has no end, and what is held before it. */
function ended(markdown: Markdown, open: string): readonly Line[] {
  if (open.trim() === '') return endOfMarkdown(markdown)
  const read = readLine(markdown, cleanLine(open))
  return [...read.lines, ...endOfMarkdown(read.markdown)]
}

/** A text's lines. */
export const speechLines = (text: string): readonly Line[] => finish(NEW_SPEECH, text)
