import { changed } from './change.js'
import type { Editor } from './editor.js'
import { killed } from './kill-ring.js'
import { after, before, lineEnd, lineStart, wordEnd, wordStart } from './motions.js'

/** Deletes the character before the cursor, or the next one; several in a row are undone together. */
export const deleted = (editor: Editor, where: 'back' | 'forward'): Editor =>
  changed(
    editor,
    where === 'back'
      ? { from: before(editor.text, editor.cursor), to: editor.cursor }
      : { from: editor.cursor, to: after(editor.text, editor.cursor) },
    { type: 'deleted' },
    editor.last?.type === 'deleted',
  )

export type Kill = 'word_back' | 'word_forward' | 'to_line_start' | 'to_line_end'

/** Takes a part of the text away so that it can be put back; at a line's edge its newline. */
export function kill(editor: Editor, what: Kill): Editor {
  const { text, cursor } = editor
  const edge = edgeOf(editor, what)
  const [from, to] = edge < cursor ? [edge, cursor] : [cursor, edge]
  const side = edge < cursor ? 'before' : 'behind'
  const goesOn = editor.last?.type === 'killed-before' || editor.last?.type === 'killed-behind'
  const kills = killed(editor.kills, text.slice(from, to), goesOn ? side : undefined)
  return changed({ ...editor, kills }, { from, to }, { type: `killed-${side}` })
}

function edgeOf({ text, cursor }: Editor, what: Kill): number {
  switch (what) {
    case 'word_back':
      return wordStart(text, cursor)
    case 'word_forward':
      return wordEnd(text, cursor)
    case 'to_line_start':
      return lineStart(text, cursor) === cursor ? before(text, cursor) : lineStart(text, cursor)
    case 'to_line_end':
      return lineEnd(text, cursor) === cursor ? after(text, cursor) : lineEnd(text, cursor)
    default:
      return what satisfies never
  }
}

/** Puts back what was killed last. */
export function yank(editor: Editor): Editor {
  const { cursor, kills } = editor
  const last = { type: 'yanked', from: cursor, ago: 1 } as const
  return changed(editor, { from: cursor, to: cursor, insert: kills.at(-1) ?? '' }, last)
}

/** Right after that: the kill before it instead, and so on around. */
export function yankPop(editor: Editor): Editor {
  const { last, kills, cursor } = editor
  if (last?.type !== 'yanked' || kills.length === 0) return editor
  const ago = (last.ago % kills.length) + 1
  return changed(editor, { from: last.from, to: cursor, insert: kills.at(-ago) ?? '' }, { ...last, ago })
}
