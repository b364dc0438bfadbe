import type { Action } from './actions.js'
import type { Attachment } from './attachment.js'
import { changed, moved, pastedUnits } from './change.js'
import { type Chip, hasChips, plainText } from './chips.js'
import { deleted, kill, yank, yankPop } from './deletion.js'
import { type History, historyOf, recalled } from './history.js'
import { pasted, replacedAll, typed, withChip } from './insert.js'
import type { KillRing } from './kill-ring.js'
import { after, before, lineEnd, lineStart, wordEnd, wordStart } from './motions.js'
import { NOTHING_DONE, redone, type Undo, undone } from './undo.js'
import { verticalMove } from './vertical.js'

/** The text being typed. `cursor` counts UTF-16 units and stands between two graphemes. */
export type Editor = {
  readonly text: string
  readonly cursor: number
  /** What single characters of the text stand for: large pastes and attachments. */
  readonly chips: readonly Chip[]
  readonly kills: KillRing
  readonly undo: Undo
  readonly history: History
  /** What was done last, where the next action may go on with it. */
  readonly last?: Last
}
export type Last =
  | { readonly type: 'typed' | 'deleted' | 'killed-before' | 'killed-behind' }
  /** Where what was put back begins, and how many kills ago it was killed. */
  | { readonly type: 'yanked'; readonly from: number; readonly ago: number }
  /** The column to which moves up and down come back. */
  | { readonly type: 'vertical'; readonly column: number }

/** The actions that an editor does itself; all others are its owner's. */
export const EDITOR_ACTIONS = [
  'newline',
  'left',
  'right',
  'word_left',
  'word_right',
  'line_start',
  'line_end',
  'up',
  'down',
  'page_up',
  'page_down',
  'text_start',
  'text_end',
  'delete_back',
  'delete_forward',
  'delete_word_back',
  'delete_word_forward',
  'delete_to_line_start',
  'delete_to_line_end',
  'yank',
  'yank_pop',
  'undo',
  'redo',
  'history_previous',
  'history_next',
] as const satisfies readonly Action[]
export type EditorAction = (typeof EDITOR_ACTIONS)[number]
export type Edit =
  | { readonly type: 'insert' | 'paste'; readonly text: string }
  | { readonly type: 'attach'; readonly attachment: Attachment }
  | { readonly type: EditorAction }

export const isEditorAction = (action: Action): action is EditorAction =>
  EDITOR_ACTIONS.some((known) => known === action)

/** An editor with nothing typed; `entries` are what was sent before, oldest first. */
export const newEditor = (entries: readonly string[] = []): Editor => ({
  text: '',
  cursor: 0,
  chips: [],
  kills: [],
  undo: NOTHING_DONE,
  history: historyOf(entries),
})

export const EMPTY_EDITOR: Editor = newEditor()

const PAGE = 8

/** `width` is that of the prompt in columns: moves up and down go by what is a row in it. */
export function edit(editor: Editor, what: Edit, width = Number.POSITIVE_INFINITY): Editor {
  switch (what.type) {
    case 'insert':
      return typed(editor, what.text)
    case 'paste':
      return pasted(editor, what.text)
    case 'attach':
      return withChip(editor, { type: 'attachment', attachment: what.attachment })
    case 'newline':
      return typed(editor, '\n')
    case 'up':
      return verticalMove(editor, -1, width) ?? fromHistory(editor, -1)
    case 'down':
      return verticalMove(editor, 1, width) ?? fromHistory(editor, 1)
    case 'page_up':
      return verticalMove(editor, -PAGE, width) ?? moved(editor, 0)
    case 'page_down':
      return verticalMove(editor, PAGE, width) ?? moved(editor, editor.text.length)
    case 'history_previous':
      return fromHistory(editor, -1)
    case 'history_next':
      return fromHistory(editor, 1)
    case 'undo':
      return restored(editor, undone(editor.undo, editor))
    case 'redo':
      return restored(editor, redone(editor.undo, editor))
    default:
      return change(editor, what.type)
  }
}

type Change = Exclude<
  Edit['type'],
  'insert' | 'paste' | 'attach' | 'newline' | 'up' | 'down' | 'undo' | 'redo' | `${'page' | 'history'}_${string}`
>

function change(editor: Editor, what: Change): Editor {
  const { text, cursor } = editor
  switch (what) {
    case 'left':
      return moved(editor, before(text, cursor))
    case 'right':
      return moved(editor, after(text, cursor))
    case 'word_left':
      return moved(editor, wordStart(text, cursor))
    case 'word_right':
      return moved(editor, wordEnd(text, cursor))
    case 'line_start':
      return moved(editor, lineStart(text, cursor))
    case 'line_end':
      return moved(editor, lineEnd(text, cursor))
    case 'text_start':
      return moved(editor, 0)
    case 'text_end':
      return moved(editor, text.length)
    case 'delete_back':
      return deleted(editor, 'back')
    case 'delete_forward':
      return deleted(editor, 'forward')
    case 'delete_word_back':
      return kill(editor, 'word_back')
    case 'delete_word_forward':
      return kill(editor, 'word_forward')
    case 'delete_to_line_start':
      return kill(editor, 'to_line_start')
    case 'delete_to_line_end':
      return kill(editor, 'to_line_end')
    case 'yank':
      return yank(editor)
    case 'yank_pop':
      return yankPop(editor)
    default:
      return what satisfies never
  }
}

/** Pastes of more units than these are not kept for an undo. */
const KEPT_UNITS = 4 * 1024 * 1024

/** The same editor with nothing typed; undo brings it back, but for very large pastes. */
export function cleared(editor: Editor): Editor {
  const history = historyOf(editor.history.entries)
  if (pastedUnits(editor.chips) > KEPT_UNITS) return { ...emptied(editor), history }
  return { ...changed(editor, { from: 0, to: editor.text.length }), history }
}

/** With nothing typed and nothing to undo: a chip lives as long as the message that it is in, also where it was killed. */
export const emptied = ({ history, kills }: Editor): Editor => ({
  ...EMPTY_EDITOR,
  history,
  kills: kills.filter((text) => !hasChips(text)),
})

function fromHistory(editor: Editor, by: -1 | 1): Editor {
  const found = recalled(editor.history, by, editor.text)
  if (found === undefined) return editor
  const { text, ...history } = found
  // The draft may hold chips of this editor; what was sent before holds none.
  const isDraft = history.at === history.entries.length
  const shown = isDraft
    ? changed(editor, { from: 0, to: editor.text.length, insert: text })
    : (replacedAll(editor, plainText(text)) ?? editor)
  return { ...shown, history }
}

function restored(editor: Editor, found: ReturnType<typeof undone>): Editor {
  const { last: _, ...rest } = editor
  return found ? { ...rest, ...found } : rest
}
