import { cleanLine } from './clean.js'
import type { Editor } from './editor.js'
import { graphemes, graphemeWidth } from './width.js'

const MARK = '> '
const MORE = '  '

/** The typed text as at most `most` rows around the cursor, cut between characters so that the cursor's place is exact. */
export function promptRows({ text, cursor }: Pick<Editor, 'text' | 'cursor'>, width: number, most: number) {
  const rows: string[] = []
  let at = { row: 0, before: '' }
  let start = 0
  for (const typed of text.split('\n')) {
    const here = cursor >= start && cursor <= start + typed.length
    const until = here ? cleanLine(typed.slice(0, cursor - start)) : ''
    const cut = cutRows(cleanLine(typed), width - MARK.length)
    if (here) at = place(cut, until.length, rows.length)
    rows.push(...cut)
    start += typed.length + 1
  }
  const marked = rows.map((row, index) => (index === 0 ? MARK : MORE) + row)
  const from = Math.max(0, Math.min(at.row - Math.floor(most / 2), marked.length - most))
  return {
    rows: marked.slice(from, from + most),
    cursor: { row: at.row - from, before: (at.row === 0 ? MARK : MORE) + at.before },
  }
}

/** There is always a row for a cursor that stands behind the last character. */
function cutRows(text: string, width: number): string[] {
  const rows: string[] = []
  let row = ''
  let used = 0
  for (const grapheme of graphemes(text)) {
    const size = graphemeWidth(grapheme)
    if (used + size >= width && row !== '') {
      rows.push(row)
      row = ''
      used = 0
    }
    row += grapheme
    used += size
  }
  return [...rows, row]
}

function place(rows: readonly string[], units: number, above: number): { row: number; before: string } {
  let left = units
  for (const [index, row] of rows.entries()) {
    if (left < row.length || index === rows.length - 1) return { row: above + index, before: row.slice(0, left) }
    left -= row.length
  }
  return { row: above, before: '' }
}
