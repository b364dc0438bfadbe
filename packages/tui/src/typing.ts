import { withMenu } from './completing.js'
import { line } from './drawn/line.js'
import { type Face, say } from './face.js'
import { doing, type Step, still, warned } from './step.js'
import type { Attachment } from './typed/attachment.js'
import { type Edit, edit, newEditor } from './typed/editor.js'
import { writtenBack } from './typed/external-editor.js'
import { fits } from './typed/insert.js'
import type { Key } from './typed/keys.js'
import { pathsIn } from './typed/pasted-paths.js'

type Entered = Extract<Key, { type: 'text' | 'paste' }>

/** Text and pastes; one that there is no room for is not taken at all. */
export function entered(face: Face, key: Entered): Step {
  if (!fits(face.editor, key.text) || (key.type === 'paste' && key.cut))
    return still(say(face, [line('✗ not inserted: it is too long. Put it into a file, and name that.', 'warn', 2)]))
  if (key.type === 'text') return edited(face, { type: 'insert', text: key.text })
  // What looks like a dropped file may be one.
  return pathsIn(key.text, '/').length > 0
    ? doing(face, { type: 'attach', text: key.text })
    : edited(face, { type: 'paste', text: key.text })
}

export const edited = (face: Face, what: Edit): Step =>
  withMenu({ ...face, editor: edit(face.editor, what, face.size.columns - 1) })

/** With what was dropped or pasted as attachments; where it was none, as the text that it is. */
export function attached(face: Face, attachments: readonly Attachment[], text: string | undefined): Step {
  if (attachments.length === 0) return text === undefined ? still(face) : edited(face, { type: 'paste', text })
  const editor = attachments.reduce((next, attachment) => edit(next, { type: 'attach', attachment }), face.editor)
  return still({ ...face, editor })
}

/** With another text in the place of what is typed, as it came out of a person's own editor. */
export function withText(face: Face, text: string): Step {
  const editor = writtenBack(face.editor, text)
  return editor
    ? still({ ...face, editor })
    : warned(face, '✗ What you wrote is too long. Put it into a file, and name that.')
}

/** With what was sent in other terminals, without what is being typed. */
export function recall(face: Face, entries: readonly string[]): Face {
  const { history } = newEditor([...entries, ...face.editor.history.entries])
  return { ...face, editor: { ...face.editor, history } }
}
