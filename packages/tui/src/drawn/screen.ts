import type { Block, Size } from '../block.js'
import type { Line, Row } from './line.js'
import { column, ERASE_LINE, rowEnd, sameRow } from './row-end.js'
import { type Shifted, shifted, vertical } from './shift.js'
import { paint, type Theme } from './theme.js'
import { isSimple, textWidth } from './width.js'
import { rowsOf } from './wrap.js'

const ESC = '\u001b['
const WRAP_OFF = `${ESC}?7l`
const WRAP_ON = `${ESC}?7h`
const ERASE_BELOW = `${ESC}J`
const SAVE_CURSOR = '\u001b7'
const RESTORE_CURSOR = '\u001b8'

/** What stands below the printed lines, and in how large a terminal it was drawn. */
export type Drawn = { readonly block: Block; readonly size: Size }

/**
 * What to write so that `lines` are printed for good above the block and the block stands anew below them. Only what
 * changed is written: a row that is there already stays, and of one that went on only the end is written. Nothing above
 * the last block is touched, and scrollback is never cleared. Without a new block the old one is only taken away. The
 * empty text when nothing would change.
 */
export function frame(
  last: Drawn | undefined,
  lines: readonly Line[],
  block: Block | undefined,
  size: Size,
  theme: Theme,
): string {
  const width = Math.max(10, size.columns - 1)
  const printed = lines.flatMap((said) => rowsOf(said, width))
  const rows = [...printed, ...(block?.rows ?? [])]
  const cursor = block && { row: printed.length + block.cursor.row, before: block.cursor.before }
  const known = last && sameSize(last.size, size) ? last.block : undefined
  const text = known ? changed(known, rows, cursor, size.rows, theme) : anew(last, size.columns, rows, cursor, theme)
  // Without autowrap a character that is wider than we think cannot make a row two.
  return text === '' || [...rows, ...(known?.rows ?? [])].every((row) => isSimple(row.text))
    ? text
    : WRAP_OFF + text + WRAP_ON
}

type Cursor = Block['cursor']

const sameSize = (a: Size, b: Size): boolean => a.columns === b.columns && a.rows === b.rows

/** All rows again: the terminal is new, or has wrapped or dropped some of them when it got another size. */
function anew(
  last: Drawn | undefined,
  columns: number,
  rows: readonly Row[],
  cursor: Cursor | undefined,
  theme: Theme,
): string {
  const painted = rows.map((row) => ERASE_LINE + paint(row, theme)).join('\r\n')
  const end = cursor ? ERASE_BELOW + place(rows.length - 1, cursor) : `${rows.length > 0 ? '\r\n' : ''}${ERASE_BELOW}`
  return backToTop(last, columns) + painted + end
}

/** From the cursor to the block's first column and row. Terminals wrap rows again when they get narrower. */
function backToTop(last: Drawn | undefined, columns: number): string {
  if (last === undefined) return ''
  const { rows, cursor } = last.block
  const above = rows
    .slice(0, cursor.row)
    .reduce((sum, { text }) => sum + Math.max(1, Math.ceil(textWidth(text) / columns)), 0)
  return `${vertical(above + Math.floor(textWidth(cursor.before) / columns), 0)}\r`
}

/** Rows that are as they were are passed over, also where they have moved. */
function changed(
  { rows: before, cursor: stood }: Block,
  rows: readonly Row[],
  cursor: Cursor | undefined,
  height: number,
  theme: Theme,
): string {
  const sameCount = rows.length === before.length
  if (cursor && sameCount && rows.every((row, index) => sameRow(before[index], row)))
    return sameCursor(stood, cursor) ? '' : place(stood.row, cursor)
  const moved = shifted(before, rows, stood.row, height, sameRow)
  const drawn = redrawn(moved, rows, theme)
  let { at } = drawn
  let text = moved.text + drawn.text
  if (rows.length < moved.rows.length) {
    text += `${vertical(at, rows.length)}\r${ERASE_BELOW}`
    at = rows.length
  } else if (!cursor && rows.length > 0) {
    text += `${vertical(at, rows.length - 1)}\r\n`
    at = rows.length
  }
  if (!cursor) return text
  const back = place(at, cursor)
  // Where no row was added or taken away the terminal itself knows the place.
  return sameCount && sameCursor(stood, cursor) && back.length > SAVE_CURSOR.length + RESTORE_CURSOR.length
    ? SAVE_CURSOR + text + RESTORE_CURSOR
    : text + back
}

/** Where the number of rows changes, all from the first other one on are written. */
function redrawn({ rows: known, at: from, text: moves }: Shifted, rows: readonly Row[], theme: Theme) {
  const others = rows.flatMap((row, index) => (sameRow(known[index], row) ? [] : [index]))
  const first = others[0] ?? rows.length
  const written = rows.length === known.length ? others : rows.map((_, index) => index).slice(first)
  let at = from
  let text = ''
  for (const index of written) {
    const before = known[index]
    text += before
      ? vertical(at, index) + rowEnd(before, rows[index] as Row, theme)
      : `${vertical(at, index - 1)}\r\n${paint(rows[index] as Row, theme)}`
    at = index
  }
  return { text: moves === '' ? text : text.replace(/^\r/u, ''), at }
}

const sameCursor = (a: Cursor, b: Cursor): boolean => a.row === b.row && a.before === b.before

/** Written again instead of counted, where a terminal and we could differ on a width: so the cursor stands right. */
const place = (at: number, { row, before }: Cursor): string =>
  vertical(at, row) + (isSimple(before) ? column(before.length) : `\r${before}`)
