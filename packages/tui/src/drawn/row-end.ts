import type { Row } from './line.js'
import { times } from './shift.js'
import { paint, type Theme } from './theme.js'
import { isSimple } from './width.js'

const ESC = '\u001b['
export const ERASE_LINE = `${ESC}K`

/** To a column, counted from 0. */
export const column = (from: number): string => (from === 0 ? '\r' : `${ESC}${from + 1}G`)

/**
 * What a row says behind what stands there already. A row that has nothing in common with it is erased first: tmux takes
 * one whose end alone was erased for as wide as it ever was, and wraps it when the window gets narrower.
 */
export function rowEnd(before: Row, row: Row, theme: Theme): string {
  const from = keptUntil(before, row)
  const simple = isSimple(before.text) && isSimple(row.text)
  const more = row.text.length - before.text.length
  if (simple && more > 0 && from < before.text.length && sameRow(behind(before, from), behind(row, from + more)))
    return column(from) + inserted(behind(row, from), more, theme)
  const shorter = !simple || row.text.length < before.text.length
  if (!shorter) return column(from) + paint(row, theme, from)
  return from === 0 ? `\r${ERASE_LINE}${paint(row, theme)}` : column(from) + paint(row, theme, from) + ERASE_LINE
}

/** The terminal moves what is behind, and has blanks in between. */
function inserted(row: Row, more: number, theme: Theme): string {
  const text = row.text.slice(0, more)
  const isBlank = text.trim() === '' && (row.marks ?? []).every(({ from }) => from >= more)
  return `${times(more)}@${isBlank ? '' : paint({ ...row, text }, theme)}`
}

/** What a row says from a unit on. */
export function behind({ text, tone, marks = [] }: Row, from: number): Row {
  const rest = marks.filter(({ to }) => to > from)
  return {
    text: text.slice(from),
    tone,
    marks: rest.map(({ style, ...mark }) => ({ style, from: Math.max(0, mark.from - from), to: mark.to - from })),
  }
}

/** How much of a row can stay: where a terminal and we could differ on a width, nothing. */
function keptUntil(before: Row, row: Row): number {
  const same = sameUntil(before, row)
  if (!isSimple(row.text.slice(0, same))) return 0
  // What comes next may join the character before it.
  const joins = !isSimple(row.text.slice(same, same + 1)) || !isSimple(before.text.slice(same, same + 1))
  return joins ? Math.max(0, same - 1) : same
}

/** Whether two rows say the same and look the same. */
export const sameRow = (a: Row | undefined, b: Row): boolean =>
  a !== undefined && a.text === b.text && sameUntil(a, b) === b.text.length

/** How many units of two rows say the same and look the same. */
function sameUntil(a: Row, b: Row): number {
  if (a.tone !== b.tone) return 0
  let until = 0
  while (until < b.text.length && a.text[until] === b.text[until]) until++
  const [marks, others] = [inOrder(a), inOrder(b)]
  for (let index = 0; index < Math.max(marks.length, others.length); index++) {
    const [mark, other] = [marks[index], others[index]]
    const same = mark && other && mark.from === other.from && mark.style === other.style
    if (same && mark.to === other.to) continue
    return Math.min(until, same ? Math.min(mark.to, other.to) : Math.min(mark?.from ?? until, other?.from ?? until))
  }
  return until
}

const inOrder = ({ marks = [] }: Row) =>
  marks.toSorted((a, b) => a.from - b.from || a.to - b.to || a.style.localeCompare(b.style))
