import { changed, chipped, hasRoom, TYPED_LIMIT } from './change.js'
import { type Chip, pasteChip, piecesOf, plainText } from './chips.js'
import type { Editor } from './editor.js'

/** A paste of more lines or more units than these is shown as one character. */
const FOLDED = { lines: 10, units: 1000 }
/** So is what comes back from history or from another editor, if it is longer than this. */
const FOLDED_WHOLE_UNITS = 16 * 1024

/** What was typed at the cursor; it is undone by words. */
export function typed(editor: Editor, text: string): Editor {
  const plain = plainText(text)
  // Without bracketed paste a paste comes like this.
  if (plain.length > FOLDED.units) return pasted(editor, plain)
  const begins = /\s$/u.test(editor.text.slice(0, editor.cursor).slice(-1)) && !/^\s/u.test(plain)
  return inserted(editor, plain, { type: 'typed' }, editor.last?.type === 'typed' && !begins)
}

/** What was pasted, as text where it is short. */
export function pasted(editor: Editor, text: string): Editor {
  const plain = plainText(text)
  return isLong(plain) ? withChip(editor, pasteChip(plain)) : inserted(editor, plain)
}

/** With a chip at the cursor. */
export function withChip(editor: Editor, chip: Chip): Editor {
  const found = chipped(editor, chip)
  return found ? inserted(found.editor, found.character) : editor
}

/** Whether there is room for a text; what does not fit is not inserted at all. */
export function fits(editor: Editor, text: string): boolean {
  if (isLong(text)) return hasRoom(editor.chips, text.length)
  return editor.text.length + text.length <= TYPED_LIMIT
}

/**
 * With another text instead of all that is typed; `marked` may hold chips of this editor, and what is long between them is
 * shown as one character each. Undefined where there is no room for it.
 */
export function replacedAll(editor: Editor, marked: string): Editor | undefined {
  let folding = editor
  let text = ''
  for (const piece of piecesOf(marked)) {
    const found = piece.length <= FOLDED_WHOLE_UNITS ? undefined : chipped(folding, pasteChip(piece))
    if (found === undefined && piece.length > FOLDED_WHOLE_UNITS) return undefined
    folding = found?.editor ?? folding
    text += found?.character ?? piece
  }
  return text.length > TYPED_LIMIT ? undefined : changed(folding, { from: 0, to: editor.text.length, insert: text })
}

function isLong(text: string): boolean {
  if (text.length > FOLDED.units) return true
  return text.split('\n', FOLDED.lines + 1).length > FOLDED.lines
}

const inserted = (editor: Editor, insert: string, ...more: [Editor['last']?, boolean?]): Editor =>
  changed(editor, { from: editor.cursor, to: editor.cursor, insert }, ...more)
