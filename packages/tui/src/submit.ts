import type { SendMode } from '@nacre/client'
import { chosen, verdictOf } from './approval.js'
import { resolve } from './asks.js'
import { parseCommand } from './commands.js'
import { type Line, line } from './drawn/line.js'
import { type Face, type Held, questionFor } from './face.js'
import { run } from './slash.js'
import { doing, type Step, still, warned } from './step.js'
import { inQuotes } from './words.js'

/** Judges what a person entered: a command, a verdict, an answer, or a message. */
export function submit(face: Face, entered: Held): Step {
  const command = parseCommand(entered.text)
  if (command === undefined) return message(face, entered)
  if (command.type === 'unknown') {
    const near = `Did you mean ${command.nearest}? /help lists them all.`
    return warned(face, `✗ ${inQuotes(command.typed)} is no command, and was not sent. ${near}`)
  }
  if (command.type === 'misused') return warned(face, `✗ Not understood. Usage: ${command.usage}`)
  // What is piped in comes before the session is there, and is about it.
  if (face.session === undefined && !ANYTIME.includes(command.type)) return held(face, entered)
  return run(face, command)
}

/** What was entered while a session was being opened, until one of it opens another. */
export function submitHeld(face: Face): Step {
  const [first, ...held] = face.held
  if (first === undefined || face.moving) return still(face)
  const { face: next, effects } = submit({ ...face, held }, first)
  const rest = submitHeld(next)
  return { face: rest.face, effects: [...effects, ...rest.effects] }
}

const ANYTIME: readonly string[] = ['help', 'quit']

const held = (face: Face, entered: Held): Step => still({ ...face, held: [...face.held, entered] })

function message(face: Face, entered: Held): Step {
  const { session } = face
  if (face.moving || session === undefined) return held(face, entered)
  const verdict = verdictOf(entered.text)
  const question = questionFor(face)
  if (verdict && face.typedFor !== undefined && face.typedFor !== question?.call)
    return warned(face, '✗ Another call asks now than the one you answered. Answer again, please.')
  if (verdict && face.typedFor === undefined && question)
    return warned(face, '✗ The question came while you were typing. Answer again, please.')
  if (verdict && question?.status.type === 'asked') return resolve(face, verdict)
  // What was begun before the question came was no answer to it.
  if (question?.status.type === 'questioned' && face.typedFor === question.call) {
    const text = chosen(entered.text, question.status.choices)
    const answer = { type: 'answer', session, question: question.status.question, text } as const
    return doing({ ...face, resolving: question.call }, answer)
  }
  return sent(face, session, entered)
}

function sent(face: Face, session: NonNullable<Face['session']>, { text, attachments, steers }: Held): Step {
  const { ids: id } = face
  const mode: SendMode = steers ? 'steer' : 'queue'
  const sending = [...face.sending, { id, session: session.session, text }]
  return doing(
    { ...face, sending, ids: id + 1 },
    { type: 'send', id, session, text: text.trim(), attachments, mode },
    { type: 'remember', entry: text },
  )
}

export const lostLines = (face: Face): Line[] =>
  face.held.map(({ text }) => line(`✗ not sent: ${inQuotes(text)} (the up arrow brings it back)`, 'warn', 2))
