import { graphemes, graphemeWidth, textWidth } from '../drawn/width.js'
import { cleanLine } from '../said/clean.js'
import { type Chip, chipLabel, chipPlace } from './chips.js'

/** A part of a typed line that is one row, from and to a place in the text; `text` is what is seen of it. */
export type TypedRow = { readonly from: number; readonly to: number; readonly text: string }

/** What stands before every row of a prompt: a mark, or as much room. */
const INDENT = 2

/**
 * A typed line, from and to a place in `text`, cut between characters into rows that fit a prompt of `width` columns.
 * There is always room for a cursor that stands behind the last character.
 */
export function lineRows(text: string, from: number, to: number, chips: readonly Chip[], width: number): TypedRow[] {
  const room = Math.max(2, width - INDENT)
  const rows: TypedRow[] = []
  let row = { from, to: from, text: '' }
  let used = 0
  for (const grapheme of graphemes(text.slice(from, to))) {
    const seen = seenOf(grapheme, chips, room)
    const size = textWidth(seen)
    if (used + size >= room && row.to > row.from && size > 0) {
      rows.push(row)
      row = { from: row.to, to: row.to, text: '' }
      used = 0
    }
    row = { from: row.from, to: row.to + grapheme.length, text: row.text + seen }
    used += size
  }
  return [...rows, row]
}

/** In which of its line's rows a cursor stands, and behind which text of it. */
export function placeIn(
  rows: readonly TypedRow[],
  text: string,
  cursor: number,
  chips: readonly Chip[],
  width: number,
) {
  const found = rows.findIndex((row) => cursor < row.to)
  const index = found < 0 ? rows.length - 1 : found
  const from = rows[index]?.from ?? cursor
  const before = graphemes(text.slice(from, cursor)).map((grapheme) => seenOf(grapheme, chips, width - INDENT))
  return { index, before: before.join('') }
}

/** The place in a row that is nearest to `columns` columns from its start, and not behind the row. */
export function placeAt(
  { from, to }: TypedRow,
  last: boolean,
  text: string,
  columns: number,
  chips: readonly Chip[],
  width: number,
) {
  let at = from
  let used = 0
  for (const grapheme of graphemes(text.slice(from, to))) {
    const size = textWidth(seenOf(grapheme, chips, width - INDENT))
    // Behind the last character of a row that goes on, a cursor would stand in the next one.
    if (used + size > columns || (!last && at + grapheme.length === to)) break
    used += size
    at += grapheme.length
  }
  return at
}

/** One character as it is seen; what is invisible or moves the cursor is not. A chip is never wider than its row. */
function seenOf(grapheme: string, chips: readonly Chip[], room: number): string {
  const chip = chipPlace(grapheme)
  return chip === undefined ? cleanLine(grapheme) : clipped(chipLabel(chips, chip), Math.max(2, room - 1))
}

function clipped(label: string, room: number): string {
  if (textWidth(label) <= room) return label
  let kept = ''
  let used = 1
  for (const grapheme of graphemes(label)) {
    used += graphemeWidth(grapheme)
    if (used > room) break
    kept += grapheme
  }
  return `${kept}…`
}
