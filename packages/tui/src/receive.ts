import { applyItem, lift, type SessionItem } from '@nacre/client'
import { openQuestion } from './approval.js'
import { line } from './drawn/line.js'
import { type Face, type Hello, type Sending, say } from './face.js'
import type { Effect } from './happening.js'
import { cleanLines } from './said/clean.js'
import type { Wants } from './said/entries.js'
import { print } from './said/view.js'
import type { Step } from './step.js'
import { counted } from './usage.js'
import { helloLines } from './words.js'

/** What comes of a session makes of a face that shows it. */
export function received(face: Face, item: SessionItem): Step {
  if (item.kind === 'connection')
    return { face: saidAway(reconnected({ ...face, connection: item.status })), effects: [] }
  const transcript = applyItem(face.transcript, item)
  const { paper, lines } = print(face.paper, transcript, wantsOf(face))
  const usage = item.kind === 'stored' && face.usage ? counted(face.usage, lift(item.event)) : face.usage
  const next = say(seen({ ...face, transcript, paper, ...(usage && { usage }) }), lines)
  return {
    face: openQuestion(transcript)?.call === face.resolving ? next : settled(next),
    effects: item.kind === 'stored' ? countAnew(face, item.event.type) : [],
  }
}

/** Lines that are printed for a pipe or a screen reader come whole. */
const wantsOf = ({ unfolded, plain, size }: Face): Wants => (plain ? { unfolded } : { unfolded, screen: size })

/** What a turn was granted, and what the day has left, only the gateway knows. */
function countAnew({ session, transcript }: Face, type: string): readonly Effect[] {
  const isNew = type === 'turn.finished' || type === 'turn.started'
  return session && isNew && transcript.caughtUp ? [{ type: 'usage', session, tell: false }] : []
}

/** A message leaves the list when its session shows it, or when it is on disk in one that is not shown. */
export function seen(face: Face): Face {
  const { session, transcript } = face
  const isOpen = (one: Sending) =>
    one.seq === undefined || (one.session === session?.session && one.seq > transcript.state.seq)
  return { ...face, sending: face.sending.filter(isOpen) }
}

export function settled(face: Face): Face {
  const { resolving: _, ...rest } = face
  return rest
}

/** A daemon that restarts is back by then; to any other somebody has to see. */
const AWAY_ATTEMPT = 4

/** What to do about a daemon that stays away, once each time. */
const saidAway = (face: Face): Face =>
  face.awayHint !== '' &&
  face.hello !== undefined &&
  face.connection.type === 'connecting' &&
  face.connection.attempt === AWAY_ATTEMPT
    ? say(
        face,
        cleanLines(face.awayHint).map((text) => line(text, 'warn', 2)),
      )
    : face

/** After the daemon came back another model or another isolation may be in force. */
function reconnected(face: Face): Face {
  if (face.connection.type !== 'connected') return face
  const { hello } = face.connection
  return face.hello && sameHello(face.hello, hello) ? face : say({ ...face, hello }, helloLines(hello))
}

const sameHello = (a: Hello, b: Hello): boolean =>
  a.model === b.model && a.workspace === b.workspace && JSON.stringify(a.isolation) === JSON.stringify(b.isolation)
