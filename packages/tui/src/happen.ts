import { EMPTY_TRANSCRIPT, type SessionSummary } from '@nacre/client'
import { offered } from './completing.js'
import { BLANK, type Line, line } from './drawn/line.js'
import { type Face, type Hello, isBusy, questionFor, say } from './face.js'
import type { Happening } from './happening.js'
import { pickAgents, pickSessions } from './picking.js'
import { pressed } from './pressed.js'
import { received, seen, settled } from './receive.js'
import { NEW_PAPER } from './said/view.js'
import type { TuiSettings } from './settings.js'
import { doing, type Step, still } from './step.js'
import { lostLines, submitHeld } from './submit.js'
import { attached, recall, withText } from './typing.js'
import { helloLines, sessionLine, statusLines } from './words.js'

/** What a happening makes of a face, and what has to be done about it. Pure. */
export function happen(face: Face, happening: Happening): Step {
  const step = taken(face, happening)
  return isDone(step.face) ? { ...step, effects: [...step.effects, { type: 'end', exit: 'input-closed' }] } : step
}

/** Nobody can type any more, and nothing that was typed is still on its way; what asks now is asked in vain. */
const isDone = (face: Face): boolean =>
  face.leaving &&
  !face.moving &&
  face.held.length === 0 &&
  face.sending.length === 0 &&
  face.transcript.caughtUp &&
  (!isBusy(face) || questionFor(face) !== undefined)

function taken(face: Face, happening: Happening): Step {
  switch (happening.type) {
    case 'key':
      return pressed(face, happening.key)
    case 'settings':
      return still(withSettings(face, happening.settings))
    case 'connected':
      return connected(face, happening.hello)
    case 'health':
      return still(say(face, statusLines(face, happening.health)))
    case 'joined':
      return joined(face, happening.session, happening.before)
    case 'stayed':
      return still(
        say({ ...face, moving: face.session === undefined, held: [] }, [...happening.lines, ...lostLines(face)]),
      )
    case 'item':
      return happening.session === face.session?.session ? received(face, happening.item) : still(face)
    case 'said':
      return still(say(face, happening.lines))
    case 'sent':
      return still(
        seen({
          ...face,
          sending: face.sending.map((one) => (one.id === happening.id ? { ...one, seq: happening.seq } : one)),
        }),
      )
    case 'unsent':
      return still(say({ ...face, sending: face.sending.filter(({ id }) => id !== happening.id) }, happening.lines))
    case 'unresolved':
      return still(say(settled(face), happening.lines))
    case 'listed':
      return still(listed({ ...face, listed: { sessions: happening.sessions, at: happening.at } }, happening.pick))
    case 'agents':
      return still(pickAgents({ ...face, agents: happening.agents }, happening.pick))
    case 'usage':
      return still(
        happening.session === face.session?.session ? say({ ...face, usage: happening.usage }, happening.lines) : face,
      )
    case 'history':
      return still(recall(face, happening.entries))
    case 'edited':
      return happening.text === undefined ? still(face) : withText(face, happening.text)
    case 'files':
      return still(offered(face, happening.request, happening.paths))
    case 'attached':
      return attached(face, happening.attachments, happening.text)
    case 'drained':
      return still({ ...face, leaving: true })
    case 'background':
      return still(face.theme.chosen ? face : { ...face, theme: { name: happening.background, chosen: false } })
    case 'resized':
      return still({ ...face, size: happening.size })
    case 'gone':
      return doing(say({ ...face, moving: true }, [line('✗ This session was deleted.', 'warn', 2)]), {
        type: 'open',
        how: { type: 'join', prefix: undefined },
      })
    case 'told':
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

const withSettings = (face: Face, { keymap, theme, problems }: TuiSettings): Face =>
  say(
    { ...face, ...(keymap && { keymap }), ...(theme && { theme: { name: theme, chosen: true } }) },
    problems.map((problem) => line(`! ${problem}`, 'warn', 2)),
  )

const listed = (face: Face, pick: boolean): Face => (pick ? pickSessions(face) : face)

const connected = (face: Face, hello: Hello): Step => ({
  face: { ...face, hello, connection: { type: 'connected', hello } },
  effects: [
    { type: 'open', how: { type: 'join', prefix: face.wanted } },
    { type: 'agents', pick: undefined },
    { type: 'list', pick: false },
  ],
})

function joined(face: Face, session: SessionSummary, before: readonly Line[] = []): Step {
  const {
    resolving: _resolving,
    typedFor: _typedFor,
    usage: _usage,
    picking: _picking,
    wanted: _wanted,
    ...kept
  } = face
  const fresh: Face = {
    ...kept,
    session,
    moving: false,
    transcript: EMPTY_TRANSCRIPT,
    paper: NEW_PAPER,
  }
  const lines = [...before, BLANK, ...(face.hello ? helloLines(face.hello) : []), sessionLine(session)]
  const { face: next, effects } = submitHeld(say(fresh, lines))
  return { face: next, effects: [{ type: 'follow', session }, { type: 'usage', session, tell: false }, ...effects] }
}
