import { line, type Row } from './line.js'

/**
 * What makes rows of those that stand there, where they have only moved: the sequence (which ends in the first column,
 * unless it is empty), in which row it ends, and what then stands there.
 */
export type Shifted = { readonly text: string; readonly at: number; readonly rows: readonly Row[] }

type Same = (a: Row | undefined, b: Row) => boolean

const ESC = '\u001b['
const BLANK_ROW: Row = line('')
/** Rows that are pushed up at once; more of them are written again. */
const PUSHED_MOST = 4
/** Down to so many rows by line feeds. A terminal may also go to the first column by them: the column is always set behind. */
const LINE_FEEDS = 4

/**
 * Makes room in front of the rows at the end that stay as they are, and takes away those at the top that were pushed
 * out: so that neither has to be written again. `at` is the row of the cursor. Nothing is moved where the rows need more
 * than the `height` of the terminal.
 */
export function shifted(known: readonly Row[], rows: readonly Row[], at: number, height: number, same: Same): Shifted {
  const still = { text: '', at, rows: known }
  if (rows.length > height || known.length === 0) return still
  const more = rows.length - known.length
  if (more > 0) return grown(still, rows, more, same)
  return more === 0 ? pushed(still, rows, same) : still
}

/** New rows come before the last ones. A terminal scrolls only at its last row: first there has to be room below. */
function grown(still: Shifted, rows: readonly Row[], more: number, same: Same): Shifted {
  const { rows: known, at } = still
  const kept = sameAtEnd(known, rows, same)
  if (kept === 0) return still
  const first = known.length - kept
  return {
    text: `${vertical(at, known.length - 1)}${'\n'.repeat(more)}${startAbove(kept - 1 + more)}${times(more)}L`,
    at: first,
    rows: known.toSpliced(first, 0, ...blanks(more)),
  }
}

/** As many rows as before, of which some have moved up; the one above them may say for the first time that there were more. */
function pushed(still: Shifted, rows: readonly Row[], same: Same): Shifted {
  const { rows: known, at } = still
  const other = known.findIndex((row, index) => !same(row, rows[index] ?? BLANK_ROW))
  const tries = other < 0 ? [] : [other, other + 1]
  for (const first of tries) {
    for (let out = 1; out <= PUSHED_MOST; out++) {
      const count = movedUp(known.slice(first + out), rows.slice(first), same)
      if (count < 2) continue
      const end = first + count
      return {
        text: `${toStart(at, first)}${times(out)}M${vertical(first, end)}${times(out)}L`,
        at: end,
        rows: known.toSpliced(first, out).toSpliced(end, 0, ...blanks(out)),
      }
    }
  }
  return still
}

/** How many of the first rows are there already, with the one that is being said and has more to it now. */
function movedUp(known: readonly Row[], rows: readonly Row[], same: Same): number {
  const until = known.findIndex((row, index) => !same(row, rows[index] ?? BLANK_ROW))
  if (until < 0) return known.length
  const before = known[until]?.text ?? ''
  return before !== '' && rows[until]?.text.startsWith(before) ? until + 1 : until
}

function sameAtEnd(known: readonly Row[], rows: readonly Row[], same: Same): number {
  let count = 0
  while (count < known.length && same(known.at(-1 - count), rows.at(-1 - count) ?? BLANK_ROW)) count++
  return count
}

const blanks = (count: number): readonly Row[] => Array.from({ length: count }, () => BLANK_ROW)

/** A terminal that got lower may have dropped rows below its cursor: line feeds make them again, where CSI B would stop. */
export const vertical = (from: number, to: number): string => {
  if (from > to) return `${times(from - to)}A`
  return to - from <= LINE_FEEDS ? '\n'.repeat(to - from) : `${times(to - from)}B`
}

/** To the first column, so many rows further up. */
const startAbove = (up: number): string => (up === 0 ? '\r' : `${times(up)}F`)

const toStart = (from: number, to: number): string => (to > from ? `${vertical(from, to)}\r` : startAbove(from - to))

/** The beginning of a sequence that does something so often. */
export const times = (count: number): string => (count === 1 ? ESC : `${ESC}${count}`)
