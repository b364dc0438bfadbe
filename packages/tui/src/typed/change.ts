import { CHIPS_MOST, type Chip, chipCharacter } from './chips.js'
import type { Editor, Last } from './editor.js'
import { snapped } from './motions.js'
import { changing } from './undo.js'

/** UTF-16 units that can be typed, and that the pastes of one message can hold together. */
export const TYPED_LIMIT = 256 * 1024
export const PASTED_LIMIT = 16 * 1024 * 1024

type Change = { readonly from: number; readonly to: number; readonly insert?: string }

/**
 * The text with a part of it replaced, and the cursor behind it; a mark that follows may join what was inserted, then
 * the cursor goes behind both. A change that `joins` the last one is undone with it. Nothing changes beyond the limit.
 */
export function changed(editor: Editor, { from, to, insert = '' }: Change, last?: Last, joins = false): Editor {
  const text = editor.text.slice(0, from) + insert + editor.text.slice(to)
  if (text === editor.text) return moved(editor, from + insert.length)
  if (text.length > TYPED_LIMIT && text.length > editor.text.length) return editor
  const undo = joins ? { ...editor.undo, future: [] } : changing(editor.undo, editor)
  return next(editor, { text, cursor: snapped(text, from + insert.length), undo }, last)
}

/** With the cursor elsewhere. */
export const moved = (editor: Editor, cursor: number, last?: Last): Editor =>
  next(editor, { cursor: snapped(editor.text, cursor) }, last)

/** The character for a chip, and the editor that has it; undefined where there is no room for it. */
export function chipped(editor: Editor, chip: Chip): { editor: Editor; character: string } | undefined {
  const { chips } = editor
  const same = chips.findIndex((other) => chip.type === 'paste' && other.type === 'paste' && other.text === chip.text)
  if (same >= 0) return { editor, character: chipCharacter(same) }
  if (!hasRoom(chips, chip.type === 'paste' ? chip.text.length : 0)) return undefined
  return { editor: { ...editor, chips: [...chips, chip] }, character: chipCharacter(chips.length) }
}

/** Whether one more chip, with so many units, is within the limits of a message. */
export const hasRoom = (chips: readonly Chip[], units: number): boolean =>
  chips.length < CHIPS_MOST && pastedUnits(chips) + units <= PASTED_LIMIT

export const pastedUnits = (chips: readonly Chip[]): number =>
  chips.reduce((sum, chip) => sum + (chip.type === 'paste' ? chip.text.length : 0), 0)

function next({ last: _, ...rest }: Editor, more: Partial<Omit<Editor, 'last'>>, last: Last | undefined): Editor {
  return { ...rest, ...more, ...(last && { last }) }
}
