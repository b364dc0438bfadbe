import type { Editor } from './editor.js'
import { lineEnd, lineStart } from './motions.js'
import { lineRows, placeIn, type TypedRow } from './typed-rows.js'

const MARK = '> '
const MORE = '  '

/**
 * The typed text as at most `most` rows around the cursor, cut between characters so that the cursor's place is exact.
 * Only lines that can be seen are looked at.
 */
export function promptRows(editor: Pick<Editor, 'text' | 'cursor' | 'chips'>, width: number, most: number) {
  const { text, cursor, chips } = editor
  const start = lineStart(text, cursor)
  const end = lineEnd(text, cursor)
  const here = lineRows(text, start, end, chips, width)
  const place = placeIn(here, text, cursor, chips, width)
  const above = rowsAbove(editor, start, width, most)
  const below = rowsBelow(editor, end, width, most)
  const all = [...above, ...here, ...below]
  const row = above.length + place.index
  const from = Math.max(0, Math.min(row - Math.floor(most / 2), all.length - most))
  const mark = (at: number) => (at === 0 ? MARK : MORE)
  return {
    rows: all.slice(from, from + most).map((shown) => mark(shown.from) + shown.text),
    cursor: { row: row - from, before: mark(all[row]?.from ?? 0) + place.before },
  }
}

function rowsAbove({ text, chips }: Pick<Editor, 'text' | 'chips'>, start: number, width: number, most: number) {
  let rows: TypedRow[] = []
  for (let end = start - 1; end >= 0 && rows.length < most; ) {
    const from = lineStart(text, end)
    rows = [...lineRows(text, from, end, chips, width), ...rows]
    end = from - 1
  }
  return rows
}

function rowsBelow({ text, chips }: Pick<Editor, 'text' | 'chips'>, end: number, width: number, most: number) {
  const rows: TypedRow[] = []
  for (let from = end + 1; from <= text.length && rows.length < most; ) {
    const to = lineEnd(text, from)
    rows.push(...lineRows(text, from, to, chips, width))
    from = to + 1
  }
  return rows
}
