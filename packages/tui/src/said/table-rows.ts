import type { Line, Row } from '../drawn/line.js'
import { textWidth } from '../drawn/width.js'
import { joined, type Styled, styled } from './styled.js'
import { type Alignment, type Table, widestOf } from './table.js'

/** Rows of a line that is no table. */
export type WrapText = (line: Line, width: number) => readonly Row[]

const BAR = joined([styled(' '), styled('│', 'ruled'), styled(' ')])
/** A screen narrower than this, or a column that would be narrower than that, is for records. */
const LEAST_WIDTH = 30
const LEAST_COLUMN = 8

/** A table in at most `width` columns: in columns of its own where they fit, else each row as "head: value" lines. */
export function tableRows(table: Table, width: number, wrap: WrapText): readonly Styled[] {
  const wanted = columnWidths(table)
  const room = width - BAR.text.length * (wanted.length - 1)
  const widths = width < LEAST_WIDTH ? undefined : narrowed(wanted, room)
  return widths ? columns(table, widths, wrap) : records(table, width, wrap)
}

const columnWidths = (table: Table): number[] =>
  widestOf(table).map((widest, column) => Math.max(widest, 1, textWidth(table.heads[column]?.text ?? '')))

/** The widths, the widest ones cut to what is the same for all of them; undefined where that is too narrow to be read. */
function narrowed(wanted: readonly number[], room: number): readonly number[] | undefined {
  if (sum(wanted) <= room) return wanted
  let most = Math.max(...wanted)
  while (most >= LEAST_COLUMN && sum(wanted.map((width) => Math.min(width, most))) > room) most--
  if (most < LEAST_COLUMN) return undefined
  let spare = room - sum(wanted.map((width) => Math.min(width, most)))
  return wanted.map((width) => (width > most && spare-- > 0 ? most + 1 : Math.min(width, most)))
}

function columns(table: Table, widths: readonly number[], wrap: WrapText): readonly Styled[] {
  const rule = styled(widths.map((width) => '─'.repeat(width)).join('─┼─'), 'ruled')
  const heads = laid(table.heads.map(strong), table, widths, wrap)
  const rows = table.rows.map((row) => laid(row, table, widths, wrap))
  // Where a cell takes several rows, only a gap says where the next one begins.
  const isHigh = widestOf(table).some((wide, column) => wide > (widths[column] ?? 0))
  const gap = isHigh ? [styled('')] : []
  const body = rows.flatMap((row, index) => (index > 0 || table.goesOn ? [...gap, ...row] : row))
  return table.goesOn ? body : [...heads, rule, ...body]
}

/** One row of a table, as high as its highest cell. */
function laid(cells: readonly Styled[], table: Table, widths: readonly number[], wrap: WrapText): Styled[] {
  const wrapped = cells.map((cell, column) => wrap({ ...cell, tone: 'plain', hang: 0 }, widths[column] ?? 1))
  const height = Math.max(...wrapped.map((rows) => rows.length))
  return Array.from({ length: height }, (_, at) =>
    joined(
      wrapped.flatMap((rows, column) => {
        const { text = '', marks = [] } = rows[at] ?? {}
        const alignment = table.alignments[column] ?? 'left'
        const cell = withSpace({ text, marks }, widths[column] ?? 1, textWidth(text), alignment)
        return column === 0 ? [cell] : [BAR, cell]
      }),
    ),
  )
}

function withSpace(cell: Styled, width: number, taken: number, alignment: Alignment): Styled {
  const room = Math.max(0, width - taken)
  const before = alignment === 'right' ? room : alignment === 'center' ? Math.floor(room / 2) : 0
  return joined([styled(' '.repeat(before)), cell, styled(' '.repeat(room - before))])
}

function records(table: Table, width: number, wrap: WrapText): readonly Styled[] {
  const rows = table.rows.length > 0 ? table.rows : [table.heads.map(() => styled(''))]
  return rows.flatMap((row, index) => [
    ...(index > 0 || table.goesOn ? [styled('')] : []),
    ...row.flatMap((cell, column) => {
      const text = joined([strong(table.heads[column] ?? styled('')), styled(': '), cell])
      return wrap({ ...text, tone: 'plain', hang: 2 }, width).map(({ text, marks = [] }) => ({ text, marks }))
    }),
  ])
}

const strong = ({ text, marks }: Styled): Styled => ({
  text,
  marks: text === '' ? [] : [{ from: 0, to: text.length, style: 'strong' }, ...marks],
})

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
