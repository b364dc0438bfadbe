import { textWidth } from '../drawn/width.js'
import { inlineOf } from './inline.js'
import type { Styled } from './styled.js'

export type Alignment = 'left' | 'center' | 'right'

/** A table as it is written. How it is laid out depends on the width of the screen, and so comes later. */
export type Table = {
  readonly heads: readonly Styled[]
  readonly alignments: readonly Alignment[]
  readonly rows: readonly (readonly Styled[])[]
  /** A later part of a long table. */
  readonly goesOn: boolean
  /** The widest cell of each column in the parts before: a later part is no narrower. */
  readonly widest: readonly number[]
}

/** A longer one is given out in parts, so that it need not be laid out anew as a whole for each of its rows. */
const MOST_ROWS = 100
const MOST_COLUMNS = 60
const LONG_CELLS = 40
const BAR = /(?<!\\)\|/gu
const DASHES = /^ *(:?)-+(:?) *$/u

/** The table that these two lines begin, if the second one is what makes the first one its head. */
export function newTable(head: string, dashes: string): Table | undefined {
  if (!/^[ |:-]*$/u.test(dashes) || !dashes.includes('-')) return undefined
  const found = cellsOf(dashes).map((cell) => DASHES.exec(cell))
  const alignments = found.flatMap((match) => (match ? [alignmentOf(match[1] !== '', match[2] !== '')] : []))
  const heads = cellsOf(head)
  if (alignments.length !== found.length || heads.length !== alignments.length || heads.length > MOST_COLUMNS)
    return undefined
  return { heads: heads.map(inlineOf), alignments, rows: [], goesOn: false, widest: heads.map(() => 0) }
}

export const isFull = ({ rows }: Table): boolean => rows.length >= MOST_ROWS

/** The same table with no rows, to go on with. */
export const emptied = (table: Table): Table => ({ ...table, rows: [], goesOn: true, widest: widestOf(table) })

/** The widest cell of each column, heads left out. */
export const widestOf = ({ rows, widest }: Table): number[] =>
  widest.map((most, column) => rows.reduce((wide, row) => Math.max(wide, textWidth(row[column]?.text ?? '')), most))

/** What is shown of a row that is being said: its whole cells, if they are long; a short row comes all at once. */
export function wholeCells(row: string): string {
  const whole = row.slice(0, (Array.from(row.matchAll(BAR)).at(-1)?.index ?? -1) + 1)
  return whole.length < LONG_CELLS ? '' : whole
}

/** Cells beyond the head's are left out, and those that lack are empty. */
export function withRow(table: Table, text: string): Table {
  const cells = cellsOf(text)
  const row = table.heads.map((_, column) => inlineOf(cells[column] ?? ''))
  return { ...table, rows: [...table.rows, row] }
}

/** A table as one line of text, to be searched. */
export const textOf = ({ heads, rows }: Table): string =>
  [heads, ...rows].map((row) => row.map(({ text }) => text).join(' | ')).join(' · ')

/** What is between bars that are not escaped: those are left, even in code, as GFM has it. A cell has no lines. */
function cellsOf(line: string): string[] {
  const inner = line.trim().replace(/^\|/u, '')
  const cells = inner.split(BAR).map((cell) =>
    cell
      .replaceAll('\\|', '|')
      .replaceAll(/<br ?\/?>/giu, ' ')
      .trim(),
  )
  return cells.length > 1 && cells.at(-1) === '' ? cells.slice(0, -1) : cells
}

function alignmentOf(left: boolean, right: boolean): Alignment {
  return right ? (left ? 'center' : 'right') : 'left'
}
