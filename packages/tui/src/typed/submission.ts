import type { Attachment } from './attachment.js'
import { chipLabel, expanded } from './chips.js'
import { type Editor, emptied } from './editor.js'
import { remembered } from './history.js'

/** What is sent: pastes in full, and of what is attached its label in its place; `attachments` in that order. */
export type Submission = { readonly text: string; readonly attachments: readonly Attachment[] }

/** What is typed, to be sent, and the editor after that; undefined where there is nothing but blanks. */
export function submitted(editor: Editor): { editor: Editor; submission: Submission } | undefined {
  const { chips, history } = editor
  const submission = submissionOf(editor)
  if (submission.text.trim() === '') return undefined
  const again = expanded(editor.text, chips, (chip) =>
    chip.type === 'paste' ? chip.text : chip.attachment.source.type === 'file' ? chip.attachment.source.path : '',
  )
  return { submission, editor: { ...emptied(editor), history: remembered(history, again) } }
}

/** What would be sent now. */
function submissionOf({ text, chips }: Pick<Editor, 'text' | 'chips'>): Submission {
  const attachments = new Set<Attachment>()
  const all = expanded(text, chips, (chip, index) => {
    if (chip.type === 'paste') return chip.text
    attachments.add(chip.attachment)
    return chipLabel(chips, index)
  })
  return { text: all, attachments: [...attachments] }
}
