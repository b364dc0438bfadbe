import type { Key } from './keys.js'
import { graphemeEnd, graphemeStart } from './width.js'

/** The line being typed. `cursor` counts UTF-16 units and stands between two graphemes; `at` is the place in `history`. */
export type Editor = {
  readonly text: string
  readonly cursor: number
  readonly history: readonly string[]
  readonly at: number
  /** What was being typed before history was looked at. */
  readonly draft: string
}
type EditorAction =
  | { readonly type: 'submit'; readonly text: string }
  | { readonly type: 'interrupt' }
  | { readonly type: 'end' }
export type Edited = { readonly editor: Editor; readonly action?: EditorAction }

export const EMPTY_EDITOR: Editor = { text: '', cursor: 0, history: [], at: 0, draft: '' }

const KEPT = 200

export function edit(editor: Editor, key: Key): Edited {
  const { text, cursor } = editor
  switch (key.type) {
    case 'text':
    case 'paste':
      return { editor: replaced(editor, cursor, cursor, key.text) }
    case 'newline':
      return { editor: replaced(editor, cursor, cursor, '\n') }
    case 'enter':
      return submitted(editor)
    case 'control':
      return control(editor, key.letter)
    case 'backspace':
      return { editor: replaced(editor, before(text, cursor), cursor) }
    case 'delete':
      return { editor: replaced(editor, cursor, after(text, cursor)) }
    case 'left':
      return { editor: { ...editor, cursor: before(text, cursor) } }
    case 'right':
      return { editor: { ...editor, cursor: after(text, cursor) } }
    case 'up':
      return { editor: lineAbove(editor) ?? recalled(editor, editor.at - 1) }
    case 'down':
      return { editor: lineBelow(editor) ?? recalled(editor, editor.at + 1) }
    case 'home':
      return { editor: { ...editor, cursor: lineStart(text, cursor) } }
    case 'end':
      return { editor: { ...editor, cursor: lineEnd(text, cursor) } }
    default:
      return key satisfies never
  }
}

/** The same editor with nothing typed. */
export const cleared = (editor: Editor): Editor => ({
  ...editor,
  text: '',
  cursor: 0,
  at: editor.history.length,
  draft: '',
})

function control(editor: Editor, letter: string): Edited {
  const { text, cursor } = editor
  switch (letter) {
    case 'a':
      return edit(editor, { type: 'home' })
    case 'e':
      return edit(editor, { type: 'end' })
    case 'u':
      return { editor: replaced(editor, lineStart(text, cursor), cursor) }
    case 'k':
      return { editor: replaced(editor, cursor, lineEnd(text, cursor)) }
    case 'w':
      return { editor: replaced(editor, wordStart(text, cursor), cursor) }
    case 'c':
      return { editor, action: { type: 'interrupt' } }
    case 'd':
      return text === '' ? { editor, action: { type: 'end' } } : edit(editor, { type: 'delete' })
    default:
      return { editor }
  }
}

function submitted(editor: Editor): Edited {
  const { text, history } = editor
  if (text.trim() === '') return { editor }
  const kept = history.at(-1) === text ? history : [...history, text].slice(-KEPT)
  return { editor: cleared({ ...editor, history: kept }), action: { type: 'submit', text } }
}

/** A mark that follows may join what was inserted: the cursor goes behind both. */
function replaced(editor: Editor, from: number, to: number, insert = ''): Editor {
  const text = editor.text.slice(0, from) + insert + editor.text.slice(to)
  return { ...editor, text, cursor: snapped(text, from + insert.length) }
}

const snapped = (text: string, at: number): number => (at === 0 || at >= text.length ? at : graphemeEnd(text, at - 1))
const before = (text: string, at: number): number => (at === 0 ? 0 : graphemeStart(text, at - 1))
const after = (text: string, at: number): number => (at >= text.length ? text.length : graphemeEnd(text, at))
const lineStart = (text: string, at: number): number => (at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1)
const wordStart = (text: string, at: number): number => at - (/\S*\s*$/u.exec(text.slice(0, at))?.[0].length ?? 0)

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

function lineAbove(editor: Editor): Editor | undefined {
  const start = lineStart(editor.text, editor.cursor)
  if (start === 0) return undefined
  const above = lineStart(editor.text, start - 1)
  return { ...editor, cursor: snapped(editor.text, Math.min(above + editor.cursor - start, start - 1)) }
}

function lineBelow(editor: Editor): Editor | undefined {
  const end = lineEnd(editor.text, editor.cursor)
  if (end === editor.text.length) return undefined
  const column = editor.cursor - lineStart(editor.text, editor.cursor)
  return { ...editor, cursor: snapped(editor.text, Math.min(end + 1 + column, lineEnd(editor.text, end + 1))) }
}

function recalled(editor: Editor, at: number): Editor {
  const { history } = editor
  if (at < 0 || at > history.length) return editor
  const draft = editor.at === history.length ? editor.text : editor.draft
  const text = history[at] ?? draft
  return { ...editor, text, cursor: text.length, at, draft }
}
