import type { Size } from '../block.js'
import type { Line, Row } from '../drawn/line.js'
import { rowsOf } from '../drawn/wrap.js'
import { cleanLine } from './clean.js'
import { type Markdown, type Read, readLine, tableSoFar } from './markdown.js'

/** What may still become emphasis, a link or code by what comes later. A sign within a word cannot. */
const UNDECIDED = /[*~[<`]|(?<![\p{L}\d])_|_(?![\p{L}\d])/u
/**
 * HAZARD: each word that comes asks anew, and a sign that is never closed keeps all behind it open. So no more of a line is
 * looked at, and it is cut at one of its last rows or not at all.
 */
const SEEN_CHARS = 3000
const TRIES = 3
/** What shows its signs though it is whole. */
const WHOLE: ReadonlySet<string> = new Set(['code', 'strike', 'dim'])

/**
 * The table that is being said, as far as it is there, once it takes half of the screen: from then on its columns get
 * no narrower, and each row is given out when it is whole. What was drawn over and over would be written twice.
 */
export function tallTable(markdown: Markdown, screen: Size): Read | undefined {
  if (markdown.leaf.type !== 'table' || markdown.leaf.table.rows.length === 0) return undefined
  const { table } = markdown.leaf
  const read = tableSoFar(markdown, table)
  return table.goesOn || rowsIn(read.lines, screen).length > screen.rows / 2 ? read : undefined
}

/**
 * The beginning of a line that is being said, as rows that no later word changes: it is cut where it is wrapped, and
 * goes on as a paragraph does in its next line. `length` is how much of `open` that is; undefined where there is none.
 */
export function longLine(markdown: Markdown, open: string, screen: Size): { read: Read; length: number } | undefined {
  const seen = open.slice(0, SEEN_CHARS)
  const rows = rowsIn(readLine(markdown, cleanLine(seen)).lines, screen)
  for (let kept = rows.length - 1; kept > Math.max(0, rows.length - 1 - TRIES); kept--) {
    // With a whole word in the row behind, none that grows can begin in this one.
    const word = /^\s*(\p{L}\S*)/u.exec(rows[kept]?.text ?? '')?.[1]
    const at = word === undefined ? -1 : seen.lastIndexOf(` ${word} `)
    if (at < 0) continue
    const read = readLine(markdown, cleanLine(seen.slice(0, at)))
    const rest = readLine(read.markdown, cleanLine(seen.slice(at + 1)))
    const isSame = sameRows([...rowsIn(read.lines, screen), ...rowsIn(rest.lines, screen)], rows)
    if (isSame && isParagraph(read) && read.lines.every(isDecided)) return { read, length: at + 1 }
  }
  return undefined
}

const rowsIn = (lines: readonly Line[], { columns }: Size): Row[] =>
  lines.flatMap((line) => rowsOf(line, Math.max(10, columns - 1)))

const sameRows = (some: readonly Row[], others: readonly Row[]): boolean =>
  JSON.stringify(some.map(({ text, marks = [] }) => [text, marks])) ===
  JSON.stringify(others.map(({ text, marks = [] }) => [text, marks]))

const isParagraph = ({ markdown: { leaf } }: Read): boolean => leaf.type === 'paragraph' && leaf.held === undefined

/** Whether nothing in a line waits for its end. */
function isDecided({ text, marks = [] }: Line): boolean {
  let rest = text
  for (const { from, to, style } of marks)
    if (WHOLE.has(style)) rest = rest.slice(0, from) + ' '.repeat(to - from) + rest.slice(to)
  return !UNDECIDED.test(rest)
}
