import { PART_LIMIT_BYTES } from '@nacre/client'
import { openQuestion } from './approval.js'
import { cancel } from './asks.js'
import { menuAction } from './completing.js'
import { type Face, isBusy, say } from './face.js'
import { helpLines } from './help.js'
import { picked, pickHistory } from './picking.js'
import { doing, type Step, still, warned } from './step.js'
import { submit } from './submit.js'
import type { Action } from './typed/actions.js'
import { NO_COMPLETION } from './typed/completion.js'
import { cleared, type EditorAction, isEditorAction } from './typed/editor.js'
import { textForFile } from './typed/external-editor.js'
import { actionOf } from './typed/keymap.js'
import type { Key } from './typed/keys.js'
import { submitted } from './typed/submission.js'
import { edited, entered } from './typing.js'

type Typed = Exclude<Key, { type: 'reply' }>

/** What a key does: to the list that is open, to what is typed, or to the conversation. */
export function pressed(face: Face, key: Typed): Step {
  if (face.picking) return picked(face, face.picking, key)
  const typedFor = face.editor.text === '' ? openQuestion(face.transcript)?.call : face.typedFor
  const { typedFor: _, ...rest } = face
  const next: Face = { ...rest, ...(typedFor !== undefined && { typedFor }) }
  if (key.type !== 'press') return entered(next, key)
  const action = actionOf(face.keymap, key)
  if (action === undefined) return still(next)
  const inMenu = menuAction(next, action)
  if (inMenu) return inMenu
  return isEditorAction(action) ? edited(next, { type: action }) : act(next, action)
}

function act(face: Face, action: Exclude<Action, EditorAction>): Step {
  switch (action) {
    case 'submit':
      return enter(face, false)
    case 'steer':
      return enter(face, true)
    case 'cancel':
      return isBusy(face) ? cancel(face) : still(face)
    case 'interrupt':
      return interrupted(face)
    case 'leave':
      return face.editor.text === ''
        ? doing(face, { type: 'end', exit: 'quit' })
        : edited(face, { type: 'delete_forward' })
    case 'external_editor':
      return doing(face, { type: 'edit', text: textForFile(face.editor) })
    case 'paste_image':
      return doing(face, { type: 'clipboard' })
    case 'toggle_reasoning':
      return still({ ...face, unfolded: !face.unfolded })
    case 'search':
      return edited({ ...face, editor: cleared(face.editor) }, { type: 'insert', text: '/search ' })
    case 'sessions':
      return doing(face, { type: 'list', pick: true })
    case 'model':
      return doing(face, { type: 'agents', pick: 'model' })
    case 'agent':
      return doing(face, { type: 'agents', pick: 'agent' })
    case 'history_search':
      return still(pickHistory(face))
    case 'redraw':
      return still({ ...face, redraws: face.redraws + 1 })
    case 'help':
      return still(say(face, helpLines(face.size.columns)))
    default:
      return still(face)
  }
}

function enter(face: Face, steers: boolean): Step {
  const sent = submitted(face.editor)
  if (sent === undefined) return still(face)
  const bytes = Buffer.byteLength(sent.submission.text)
  // It stays where it was typed: what is refused later would have to be brought back.
  if (bytes > PART_LIMIT_BYTES) return warned(face, tooLong(bytes))
  return submit(
    { ...face, editor: sent.editor, completion: NO_COMPLETION },
    { ...sent.submission, steers: steers && isBusy(face) },
  )
}

const tooLong = (bytes: number): string =>
  `✗ not sent: it has ${bytes.toLocaleString('en-US')} bytes, and a message at most ${PART_LIMIT_BYTES.toLocaleString('en-US')}. Put it into a file of the workspace, and name that.`

/** Ctrl-c: first the running turn, then the typed line, then the face. */
function interrupted(face: Face): Step {
  const { open } = face.transcript.state
  if (isBusy(face) && !open?.cancelRequested) return cancel(face)
  if (face.editor.text !== '') return still({ ...face, editor: cleared(face.editor) })
  return doing(face, { type: 'end', exit: 'quit' })
}
