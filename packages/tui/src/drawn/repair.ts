import type { Size } from '../block.js'
import type { Line, Row } from './line.js'
import { behind } from './row-end.js'
import type { Drawn } from './screen.js'
import { graphemes, graphemeWidth, textWidth } from './width.js'
import { rowsOf } from './wrap.js'

/** A printed line, and how wide its rows may be. */
export type Printed = { readonly line: Line; readonly width: number }

/** More lines are on no screen. */
const KEPT_LINES = 400

/** What is known of the printed lines after some more. */
export const withPrinted = (printed: readonly Printed[], lines: readonly Line[], width: number): readonly Printed[] =>
  lines.length === 0 ? printed : [...printed, ...lines.map((line) => ({ line, width }))].slice(-KEPT_LINES)

/**
 * What is to be drawn so that the screen is whole again after drawings were read for another size than they were made
 * for: the printed lines that are on it, as rows of the new width, over all that stands above the cursor, which is in
 * row `cursorRow` (from 1). Terminals wrap a row that is too wide; what of a line is in the scrollback stays as it is.
 */
export function repaired(
  { block }: Drawn,
  printed: readonly Printed[],
  size: Size,
  cursorRow: number,
): { drawn: Drawn; rows: readonly Row[] } {
  const inBlock = heightOf(block.rows.slice(0, block.cursor.row), size.columns)
  let room = cursorRow - 1 - inBlock - Math.floor(textWidth(block.cursor.before) / size.columns)
  const rows: Row[][] = []
  for (const { line, width } of printed.toReversed()) {
    if (room <= 0) break
    const height = heightOf(rowsOf(line, width), size.columns)
    rows.unshift(height > room ? tailOf(rowsOf(line, width), height - room, size) : rowsOf(line, widthOf(size)))
    room -= height
  }
  // What stood there before the first of them is not ours.
  const up = cursorRow - 1 - Math.max(0, room)
  return { drawn: { size: NO_SIZE, block: blanks(up) }, rows: rows.flat() }
}

/** How wide a row may be: the last column stays free. */
export const widthOf = ({ columns }: Size): number => Math.max(10, columns - 1)

/** A size that there is not: nothing is taken to be there. */
export const NO_SIZE: Size = { columns: 0, rows: 0 }

/** What is behind the first rows that a terminal made of these; no more of it is still on the screen. */
function tailOf(rows: readonly Row[], gone: number, size: Size): Row[] {
  let left = gone
  return rows.flatMap((row) => {
    const starts = startsIn(row.text, size.columns)
    const from = starts[left]
    left = Math.max(0, left - starts.length)
    return from === undefined ? [] : rowsOf({ ...behind(row, from), hang: 0 }, widthOf(size))
  })
}

/** Where each row begins that a terminal makes of a text: a wide character is not cut. */
function startsIn(text: string, columns: number): number[] {
  const starts = [0]
  let [units, width] = [0, 0]
  for (const grapheme of graphemes(text)) {
    const more = graphemeWidth(grapheme)
    if (width + more > columns) {
      starts.push(units)
      width = 0
    }
    units += grapheme.length
    width += more
  }
  return starts
}

const heightOf = (rows: readonly Row[], columns: number): number =>
  rows.reduce((sum, { text }) => sum + startsIn(text, columns).length, 0)

const blanks = (up: number): Drawn['block'] => ({
  rows: Array.from({ length: up + 1 }, (): Row => ({ text: '', tone: 'plain' })),
  cursor: { row: up, before: '' },
})
