import { type Edit, edit, newEditor } from './editor.js'
import { type Face, say } from './face.js'
import { fits, replacedAll } from './insert.js'
import type { Key } from './keys.js'
import { line } from './line.js'
import { type Step, still } from './step.js'

type Entered = Extract<Key, { type: 'text' | 'paste' }>

/** Text and pastes; one that there is no room for is not taken at all. */
export function entered(face: Face, key: Entered): Step {
  if (!fits(face.editor, key.text) || (key.type === 'paste' && key.cut))
    return still(say(face, [line('✗ not inserted: it is too long. Put it into a file, and name that.', 'warn', 2)]))
  return edited(face, { type: key.type === 'paste' ? 'paste' : 'insert', text: key.text })
}

export const edited = (face: Face, what: Edit): Step => still({ ...face, editor: edit(face.editor, what) })

/** With another text in the place of what is typed, as it came out of a person's own editor. */
export const withText = (face: Face, text: string): Face => ({ ...face, editor: replacedAll(face.editor, text) })

/** With what was sent in other terminals, without what is being typed. */
export function recall(face: Face, entries: readonly string[]): Face {
  const { history } = newEditor([...entries, ...face.editor.history.entries])
  return { ...face, editor: { ...face.editor, history } }
}
