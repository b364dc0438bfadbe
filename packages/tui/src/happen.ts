import { applyItem, EMPTY_TRANSCRIPT, type SessionItem, type SessionSummary } from '@nacre/client'
import type { Action } from './actions.js'
import { openQuestion } from './approval.js'
import { cleared, type Edit, type EditorAction, edit, isEditorAction } from './editor.js'
import { type Face, type Hello, isBusy, type Sending, say } from './face.js'
import type { Happening } from './happening.js'
import { fits } from './insert.js'
import { actionOf, DEFAULT_KEYMAP } from './keymap.js'
import type { Key } from './keys.js'
import { BLANK, line } from './line.js'
import { submitted } from './submission.js'
import { cancel, lostLines, type Step, submit, submitHeld } from './submit.js'
import { NEW_PAPER, print } from './view.js'
import { helloLines, sessionLine, statusLines } from './words.js'

/** What a happening makes of a face, and what has to be done about it. Pure. */
export function happen(face: Face, happening: Happening): Step {
  switch (happening.type) {
    case 'key':
      return pressed(face, happening.key)
    case 'connected':
      return connected(face, happening.hello)
    case 'health':
      return still(say(face, statusLines(face, happening.health)))
    case 'joined':
      return joined(face, happening.session)
    case 'stayed':
      return still(
        say({ ...face, moving: face.session === undefined, held: [] }, [...happening.lines, ...lostLines(face)]),
      )
    case 'item':
      return still(happening.session === face.session?.session ? received(face, happening.item) : face)
    case 'said':
      return still(say(face, happening.lines))
    case 'sent':
      return still({
        ...face,
        sending: face.sending
          .map((one) => (one.id === happening.id ? { ...one, seq: happening.seq } : one))
          .filter(notSeenBy(face)),
      })
    case 'unsent':
      return still(say({ ...face, sending: face.sending.filter(({ id }) => id !== happening.id) }, happening.lines))
    case 'unresolved':
      return still(say(settled(face), happening.lines))
    case 'resized':
      return still(face)
    case 'ended':
      return { face, effects: [{ type: 'end', exit: happening.exit }] }
    case 'broken':
      throw happening.error
    default:
      return happening satisfies never
  }
}

const still = (face: Face): Step => ({ face, effects: [] })

const connected = (face: Face, hello: Hello): Step => ({
  face: { ...face, hello, connection: { type: 'connected', hello } },
  effects: [{ type: 'open', how: { type: 'join', prefix: face.wanted } }],
})

function pressed(face: Face, key: Key): Step {
  const typedFor = face.editor.text === '' ? openQuestion(face.transcript)?.call : face.typedFor
  const { typedFor: _, ...rest } = face
  const next: Face = { ...rest, ...(typedFor !== undefined && { typedFor }) }
  if (key.type !== 'press') return entered(next, key)
  const action = actionOf(DEFAULT_KEYMAP, key)
  if (action === undefined) return still(next)
  return isEditorAction(action) ? still(edited(next, { type: action })) : act(next, action)
}

/** Text and pastes; one that there is no room for is not taken at all. */
function entered(face: Face, key: Exclude<Key, { type: 'press' }>): Step {
  if (!fits(face.editor, key.text) || (key.type === 'paste' && key.cut))
    return still(say(face, [line('✗ not inserted: it is too long. Put it into a file, and name that.', 'warn', 2)]))
  return still(edited(face, { type: key.type === 'paste' ? 'paste' : 'insert', text: key.text }))
}

const edited = (face: Face, what: Edit): Face => ({ ...face, editor: edit(face.editor, what) })

function act(face: Face, action: Exclude<Action, EditorAction>): Step {
  switch (action) {
    case 'submit': {
      const sent = submitted(face.editor)
      return sent ? submit({ ...face, editor: sent.editor }, sent.submission.text) : still(face)
    }
    case 'cancel':
      return isBusy(face) && !face.transcript.state.open?.cancelRequested ? cancel(face) : still(face)
    case 'interrupt':
      return interrupted(face)
    case 'leave':
      if (face.editor.text !== '') return still(edited(face, { type: 'delete_forward' }))
      return { face, effects: [{ type: 'end', exit: 'quit' }] }
    default:
      return still(face)
  }
}

/** Ctrl-c: first the running turn, then the typed line, then the face. */
function interrupted(face: Face): Step {
  const { open } = face.transcript.state
  if (isBusy(face) && !open?.cancelRequested) return cancel(face)
  if (face.editor.text !== '') return still({ ...face, editor: cleared(face.editor) })
  return { face, effects: [{ type: 'end', exit: 'quit' }] }
}

function joined(face: Face, session: SessionSummary): Step {
  const { held, ids, editor, connection, hello, sending, out } = face
  const lines = [BLANK, ...(hello ? helloLines(hello) : []), sessionLine(session)]
  const fresh: Face = {
    held,
    ids,
    editor,
    connection,
    sending,
    out,
    session,
    moving: false,
    transcript: EMPTY_TRANSCRIPT,
    paper: NEW_PAPER,
    ...(hello && { hello }),
  }
  const { face: next, effects } = submitHeld(say(fresh, lines))
  return { face: next, effects: [{ type: 'follow', session }, ...effects] }
}

function received(face: Face, item: SessionItem): Face {
  if (item.kind === 'connection') return reconnected({ ...face, connection: item.status })
  const transcript = applyItem(face.transcript, item)
  const { paper, lines } = print(face.paper, transcript)
  const sending = face.sending.filter(notSeenBy({ ...face, transcript }))
  const next = say({ ...face, transcript, paper, sending }, lines)
  return openQuestion(transcript)?.call === face.resolving ? next : settled(next)
}

/** A message leaves the list when its session shows it, or when it is on disk in one that is not shown. */
const notSeenBy =
  ({ session, transcript }: Face) =>
  (one: Sending): boolean =>
    one.seq === undefined || (one.session === session?.session && one.seq > transcript.state.seq)

/** After the daemon came back another model or another isolation may be in force. */
function reconnected(face: Face): Face {
  if (face.connection.type !== 'connected') return face
  const { hello } = face.connection
  return face.hello && sameHello(face.hello, hello) ? face : say({ ...face, hello }, helloLines(hello))
}

const sameHello = (a: Hello, b: Hello): boolean =>
  a.model === b.model && a.workspace === b.workspace && JSON.stringify(a.isolation) === JSON.stringify(b.isolation)

function settled(face: Face): Face {
  const { resolving: _, ...rest } = face
  return rest
}
