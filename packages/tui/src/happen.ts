import { EMPTY_TRANSCRIPT, type SessionSummary } from '@nacre/client'
import { attached, pastedFiles } from './attach.js'
import { newEditor } from './editor.js'
import { type Face, type Hello, say } from './face.js'
import type { Happening } from './happening.js'
import { BLANK } from './line.js'
import { pickAgents, pickSessions } from './picking.js'
import { pressed } from './press.js'
import { received, seen, settled } from './receive.js'
import { lostLines, type Step, submitHeld } from './submit.js'
import { withText } from './typing.js'
import { NEW_PAPER } from './view.js'
import { helloLines, sessionLine, statusLines } from './words.js'

/** What a happening makes of a face, and what has to be done about it. Pure. */
export function happen(face: Face, happening: Happening): Step {
  switch (happening.type) {
    case 'key':
      return pressed(face, happening.key)
    case 'settings':
      return still(say({ ...face, keymap: happening.keymap }, happening.lines))
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
      return happening.session === face.session?.session ? received(face, happening.item) : still(face)
    case 'said':
      return still(say(face, happening.lines))
    case 'sent':
      return still(seen({ ...face, sending: face.sending.map((one) => (one.id === happening.id ? { ...one, seq: happening.seq } : one)) }))
    case 'unsent':
      return still(say({ ...face, sending: face.sending.filter(({ id }) => id !== happening.id) }, happening.lines))
    case 'unresolved':
      return still(say(settled(face), happening.lines))
    case 'listed':
      return still(pickSessions(face, happening.sessions))
    case 'agents':
      return still(pickAgents({ ...face, agents: happening.agents }, happening.pick))
    case 'usage':
      return still(happening.session === face.session?.session ? say({ ...face, usage: happening.usage }, happening.lines) : face)
    case 'history':
      return still({ ...face, editor: { ...newEditor(happening.entries), ...typedIn(face) } })
    case 'files':
      return still(offered(face, happening.request, happening.paths))
    case 'edited':
      return still(happening.text === undefined ? face : withText(face, happening.text))
    case 'clipboard':
      return still(attached(face, happening.image))
    case 'pasted':
      return still(pastedFiles(face, happening.text, happening.files))
    case 'background':
    case 'resized':
    case 'due':
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
  effects: [
    { type: 'open', how: { type: 'join', prefix: face.wanted } },
    { type: 'agents', pick: undefined },
  ],
})

function joined(face: Face, session: SessionSummary): Step {
  const { resolving: _resolving, typedFor: _typedFor, usage: _usage, picker: _picker, wanted: _wanted, ...kept } = face
  const fresh: Face = {
    ...kept,
    session,
    moving: false,
    transcript: EMPTY_TRANSCRIPT,
    paper: NEW_PAPER,
  }
  const lines = [BLANK, ...(face.hello ? helloLines(face.hello) : []), sessionLine(session)]
  const { face: next, effects } = submitHeld(say(fresh, lines))
  return { face: next, effects: [{ type: 'follow', session }, { type: 'usage', session, tell: false }, ...effects] }
}
