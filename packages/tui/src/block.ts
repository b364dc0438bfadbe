import { activityWords } from './activity.js'
import { partText } from './call-lines.js'
import { cleanInline } from './clean.js'
import { factWords } from './facts.js'
import type { Face } from './face.js'
import { BLANK, type Line, line, type Row } from './line.js'
import { promptRows } from './prompt.js'
import { questionLines } from './question.js'
import { unprinted } from './view.js'
import { textWidth } from './width.js'
import { rowsOf, wrap } from './wrap.js'

/** The rows below the printed lines, and where the cursor stands: in which row, behind which text of it. */
export type Block = {
  readonly rows: readonly Row[]
  readonly cursor: { readonly row: number; readonly before: string }
}
export type Size = { readonly columns: number; readonly rows: number }

const QUEUE_SHOWN = 3

/** What is redrawn in place: at most `size.rows - 1` rows, none as wide as the terminal. What does not fit is cut at its top. */
export function blockOf(face: Face, size: Size): Block {
  const width = Math.max(10, size.columns - 1)
  const room = Math.max(2, size.rows - 1)
  const typed = typedRows(face, width, room)
  const facts = room < 6 ? [] : factRows(face, width)
  const below = typed.rows.length + facts.length
  const blank = room < 8 ? [] : [BLANK]
  const question = [...questionLines(face), ...blank].flatMap((text) => rowsOf(text, width))
  // What asks comes first: what merely waits is shown as far as there is room left.
  const spare = Math.max(0, room - below - question.length - 1)
  const waiting = waitingTexts(face)
    .slice(0, spare)
    .map((text): Row => ({ text: clip(text, width), tone: 'dim' }))
  const status: Row = { text: fit(activityWords(face), width), tone: 'dim' }
  const around = [...question, ...waiting, status].slice(-(room - below))
  const above = unprinted(face.paper, face.transcript).flatMap((text) => rowsOf(text, width))
  const rows = [...lastRows(above, room - below - around.length), ...around]
  return {
    rows: [...rows, ...typed.rows, ...facts],
    cursor: { row: rows.length + typed.cursor.row, before: typed.cursor.before },
  }
}
