import { textWidth } from '../drawn/width.js'
import { moved } from './change.js'
import type { Editor } from './editor.js'
import { lineEnd, lineStart } from './motions.js'
import { lineRows, placeAt, placeIn, type TypedRow } from './typed-rows.js'

type Place = { readonly rows: readonly TypedRow[]; readonly index: number }

/**
 * The cursor some rows up (negative) or down, as near as can be to the column where such moves began, and no further
 * than the first or last row; undefined where it stands in that row already.
 */
export function verticalMove(editor: Editor, by: number, width: number): Editor | undefined {
  const { text, cursor, chips, last } = editor
  const rows = lineRows(text, lineStart(text, cursor), lineEnd(text, cursor), chips, width)
  const { index, before } = placeIn(rows, text, cursor, chips, width)
  const column = last?.type === 'vertical' ? last.column : textWidth(before)
  let place: Place = { rows, index }
  for (let left = Math.abs(by); left > 0; left--) {
    const beside = by < 0 ? rowAbove(editor, place, width) : rowBelow(editor, place, width)
    if (beside === undefined && left === Math.abs(by)) return undefined
    place = beside ?? place
  }
  const row = place.rows[place.index]
  if (row === undefined) return undefined
  const isLast = place.index === place.rows.length - 1
  return moved(editor, placeAt(row, isLast, text, column, chips, width), { type: 'vertical', column })
}

function rowAbove({ text, chips }: Editor, { rows, index }: Place, width: number): Place | undefined {
  if (index > 0) return { rows, index: index - 1 }
  const end = (rows[0]?.from ?? 0) - 1
  if (end < 0) return undefined
  const above = lineRows(text, lineStart(text, end), end, chips, width)
  return { rows: above, index: above.length - 1 }
}

function rowBelow({ text, chips }: Editor, { rows, index }: Place, width: number): Place | undefined {
  if (index < rows.length - 1) return { rows, index: index + 1 }
  const start = (rows.at(-1)?.to ?? 0) + 1
  if (start > text.length) return undefined
  return { rows: lineRows(text, start, lineEnd(text, start), chips, width), index: 0 }
}
