import { chipCharacter, chipLabel, expanded, plainText } from './chips.js'
import type { Editor } from './editor.js'
import { replacedAll } from './insert.js'
import { shellWords } from './shell-words.js'

/** UTF-16 units that a person can bring back from their own editor. */
export const WRITTEN_LIMIT = 1024 * 1024

/** The command and arguments of a person's own editor, before the file's path: `$VISUAL`, else `$EDITOR`, else vi. */
export function editorCommand(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const words = shellWords(env.VISUAL || env.EDITOR || 'vi') ?? []
  return words.length > 0 ? words : ['vi']
}

/** What the file is called: an editor shows it, and takes it for Markdown. */
export const messageFileName = (id: string): string => `nacre-message-${id.replaceAll(/[^\w-]/gu, '')}.md`

/** What is typed, as it stands in the file: pastes in full, and of what is attached its label. */
export const textForFile = ({ text, chips }: Pick<Editor, 'text' | 'chips'>): string =>
  expanded(text, chips, (chip, index) => (chip.type === 'paste' ? chip.text : chipLabel(chips, index)))

/**
 * The editor with what was written instead of what was typed, without the newline that editors put at the end. What was
 * attached stays where its label stands. Undefined where it is longer than `WRITTEN_LIMIT`, or than there is room for.
 */
export function writtenBack(editor: Editor, written: string): Editor | undefined {
  if (written.length > WRITTEN_LIMIT) return undefined
  const plain = plainText(written).replace(/\n$/u, '')
  const marked = editor.chips.reduce(
    (text, chip, index) =>
      chip.type === 'attachment' ? text.replace(chipLabel(editor.chips, index), () => chipCharacter(index)) : text,
    plain,
  )
  return replacedAll(editor, marked)
}
