import type { Block, Size } from './block.js'
import type { Line, Mark, Row } from './line.js'
import { paint, type Theme } from './theme.js'
import { textWidth } from './width.js'
import { rowsOf } from './wrap.js'

const ESC = '\u001b['
const WRAP_OFF = `${ESC}?7l`
const WRAP_ON = `${ESC}?7h`
const ERASE_LINE = `${ESC}K`
const ERASE_BELOW = `${ESC}J`

export type Drawn = { readonly block: Block; readonly columns: number }

/**
 * What to write so that `lines` are printed for good above the block and the block stands anew below them. The cursor
 * goes up over exactly the rows that the last block takes; nothing above them is touched and scrollback is never
 * cleared. Without a new block the old one is only taken away. The empty text when nothing would change.
 */
export function frame(
  last: Drawn | undefined,
  lines: readonly Line[],
  block: Block | undefined,
  size: Size,
  theme: Theme,
): string {
  if (last && block && lines.length === 0 && last.columns === size.columns && sameBlock(last.block, block)) return ''
  const width = Math.max(10, size.columns - 1)
  const printed = lines.flatMap((said) => rowsOf(said, width))
  const drawn = (row: Row) => paint(row, theme) + ERASE_LINE
  const above = printed.map((row) => `${drawn(row)}\r\n`).join('')
  const below = block ? block.rows.map(drawn).join('\r\n') : ''
  // Without autowrap a character that is wider than we think cannot make a row two.
  return (
    WRAP_OFF + backToTop(last, size.columns) + above + below + ERASE_BELOW + (block ? toCursor(block) : '') + WRAP_ON
  )
}

/** From the cursor to the block's first column and row. Terminals wrap rows again when they get narrower. */
function backToTop(last: Drawn | undefined, columns: number): string {
  if (last === undefined) return ''
  const { rows, cursor } = last.block
  const above = rows
    .slice(0, cursor.row)
    .reduce((sum, { text }) => sum + Math.max(1, Math.ceil(textWidth(text) / columns)), 0)
  const within = Math.floor(textWidth(cursor.before) / columns)
  return up(above + within)
}

/** Written again instead of counted: so the cursor stands right also where a terminal and we differ on a width. */
const toCursor = ({ rows, cursor }: Block): string => up(rows.length - 1 - cursor.row) + cursor.before

const up = (rows: number): string => (rows > 0 ? `${ESC}${rows}A\r` : '\r')

const sameBlock = (a: Block, b: Block): boolean =>
  a.cursor.row === b.cursor.row &&
  a.cursor.before === b.cursor.before &&
  a.rows.length === b.rows.length &&
  a.rows.every((row, index) => sameRow(row, b.rows[index]))

const sameRow = (a: Row, b: Row | undefined): boolean =>
  a.text === b?.text && a.tone === b.tone && sameMarks(a.marks ?? [], b.marks ?? [])

const sameMarks = (a: readonly Mark[], b: readonly Mark[]): boolean =>
  a.length === b.length &&
  a.every(({ from, to, style }, at) => from === b[at]?.from && to === b[at]?.to && style === b[at]?.style)
