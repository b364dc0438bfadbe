import { activityWords } from './activity.js'
import { BLANK, line, type Row } from './drawn/line.js'
import { textWidth } from './drawn/width.js'
import { rowsOf, wrap } from './drawn/wrap.js'
import type { Face } from './face.js'
import { factWords } from './facts.js'
import { questionLines } from './question.js'
import { partText } from './said/call-lines.js'
import { cleanInline } from './said/clean.js'
import { unprinted } from './said/view.js'
import { menuRows } from './typed/completion.js'
import { pickerRows } from './typed/picker.js'
import { promptRows } from './typed/prompt.js'

/** The rows below the printed lines, and where the cursor stands: in which row, behind which text of it. */
export type Block = {
  readonly rows: readonly Row[]
  readonly cursor: { readonly row: number; readonly before: string }
}
export type Size = { readonly columns: number; readonly rows: number }

const QUEUE_SHOWN = 3
const MENU_ROWS = 8
/** More of a message is never seen while it waits. */
const SHOWN_UNITS = 500

/** What is redrawn in place: at most `size.rows - 1` rows, none as wide as the terminal. What does not fit is cut at its top. */
export function blockOf(face: Face, size: Size): Block {
  const width = Math.max(10, size.columns - 1)
  const room = Math.max(2, size.rows - 1)
  const typed = typedRows(face, width, Math.max(1, Math.min(8, Math.floor(room / 2))))
  const facts = room < 6 ? [] : factWords(face)
  const below = typed.rows.length + (facts.length > 0 ? 1 : 0)
  const blank = room < 8 ? [] : [BLANK]
  const question = [...questionLines(face), ...blank].flatMap((text) => rowsOf(text, width))
  // What asks comes first: what merely waits is shown as far as there is room left.
  const spare = Math.max(0, room - below - question.length - 1)
  const waiting = waitingTexts(face)
    .slice(0, spare)
    .map((text): Row => ({ text: clip(text, width), tone: 'dim' }))
  const status: Row = { text: fit(activityWords(face), width), tone: 'dim' }
  const around = [...question, ...waiting, status].slice(-(room - below))
  const above = unprinted(face.paper, face.transcript, { unfolded: face.unfolded }).flatMap((text) =>
    rowsOf(text, width),
  )
  const rows = [...lastRows(above, room - below - around.length), ...around]
  return {
    rows: [...rows, ...typed.rows, ...(facts.length > 0 ? [{ text: fit(facts, width), tone: 'dim' } as const] : [])],
    cursor: { row: rows.length + typed.cursor.row, before: typed.cursor.before },
  }
}

/** What is typed and the menu below it, or the list that is open in its place. */
function typedRows({ editor, completion, picking }: Face, width: number, most: number) {
  if (picking) return pickerRows(picking.picker, width, Math.max(most, MENU_ROWS))
  const { rows, cursor } = promptRows(editor, width, most)
  const menu = menuRows(completion, width, MENU_ROWS)
  return { rows: [...rows.map((text): Row => ({ text, tone: 'plain' })), ...menu], cursor }
}

function lastRows(rows: readonly Row[], room: number): readonly Row[] {
  if (rows.length <= room) return rows
  return room <= 0 ? [] : [{ text: '⋮', tone: 'dim' }, ...rows.slice(rows.length - room + 1)]
}

/** What was typed and has not begun: what the daemon has queued, then what is on its way there. */
function waitingTexts(face: Face): string[] {
  const sending = face.sending.filter(({ session }) => session === face.session?.session)
  const all = [
    ...face.transcript.state.queue.map((input) => `queued: ${cleanInline(input.parts.map(partText).join(' '))}`),
    ...sending.map(({ text }) => `sending: ${cleanInline(text.slice(0, SHOWN_UNITS))}`),
    ...face.held.map(({ text }) => `for the next session: ${cleanInline(text.slice(0, SHOWN_UNITS))}`),
  ]
  const more = all.length - QUEUE_SHOWN
  return more > 0 ? [...all.slice(0, QUEUE_SHOWN), `… and ${more} more`] : all
}

function clip(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  return `${wrap(line(text), width - 1)[0] ?? ''}…`
}

/** As many words as fit into one row, whole. */
function fit(words: readonly string[], width: number): string {
  const [first = '', ...rest] = words
  const all = rest.reduce((row, word) => (textWidth(`${row} · ${word}`) > width ? row : `${row} · ${word}`), first)
  return clip(all, width)
}
