import type { ApprovalScope } from '@nacre/client'
import { chosen, type Verdict, verdictOf } from './approval.js'
import { type Command, parseCommand } from './commands.js'
import { type Face, isBusy, questionFor, say } from './face.js'
import type { Effect, Opening } from './happening.js'
import { type Line, line } from './line.js'
import { helpLines, inQuotes } from './words.js'

export type Step = { readonly face: Face; readonly effects: readonly Effect[] }

/** Judges a line that a person entered: a command, a verdict, an answer, or a message. */
export function submit(face: Face, typed: string): Step {
  const command = parseCommand(typed)
  if (command === undefined) return message(face, typed)
  if (command.type === 'unknown') {
    const text = `✗ ${inQuotes(command.typed)} is no command, and was not sent. Did you mean ${command.nearest}? /help lists them all.`
    return still(say(face, [line(text, 'warn', 2)]))
  }
  if (command.type === 'misused')
    return still(say(face, [line(`✗ Not understood. Usage: ${command.usage}`, 'warn', 2)]))
  return run(face, command)
}

/** Lines that were typed while a session was being opened, until one of them opens another. */
export function submitHeld(face: Face): Step {
  const [first, ...held] = face.held
  if (first === undefined || face.moving) return still(face)
  const { face: next, effects } = submit({ ...face, held }, first)
  const rest = submitHeld(next)
  return { face: rest.face, effects: [...effects, ...rest.effects] }
}

const still = (face: Face): Step => ({ face, effects: [] })
const warned = (face: Face, text: string): Step => still(say(face, [line(text, 'warn', 2)]))

function message(face: Face, typed: string): Step {
  if (face.moving || face.session === undefined) return still({ ...face, held: [...face.held, typed] })
  const verdict = verdictOf(typed)
  const question = questionFor(face)
  if (verdict && face.typedFor !== undefined && face.typedFor !== question?.call)
    return warned(face, '✗ Another call asks now than the one you answered. Answer again, please.')
  if (verdict && face.typedFor === undefined && question)
    return warned(face, '✗ The question came while you were typing. Answer again, please.')
  if (verdict && question?.status.type === 'asked') return resolve(face, verdict)
  // What was begun before the question came was no answer to it.
  if (question?.status.type === 'questioned' && face.typedFor === question.call) {
    const text = chosen(typed, question.status.choices)
    const effect: Effect = { type: 'answer', session: face.session, question: question.status.question, text }
    return { face: { ...face, resolving: question.call }, effects: [effect] }
  }
  const sending = [...face.sending, { id: face.ids, session: face.session.session, text: typed }]
  const effect: Effect = { type: 'send', id: face.ids, session: face.session, text: typed.trim() }
  return { face: { ...face, sending, ids: face.ids + 1 }, effects: [effect] }
}

function run(face: Face, command: Command): Step {
  switch (command.type) {
    case 'new':
      return open(face, { type: 'new', title: command.title })
    case 'switch':
      return open(face, { type: 'switch', prefix: command.prefix })
    case 'sessions':
      return { face, effects: [{ type: 'list', current: face.session?.session }] }
    case 'status':
      return { face, effects: [{ type: 'status' }] }
    case 'cancel':
      return cancel(face)
    case 'approve':
      return resolve(face, 'approve', command.scope)
    case 'deny':
      return resolve(face, 'deny')
    case 'help':
      return still(say(face, helpLines()))
    case 'quit':
      return { face, effects: [{ type: 'end', exit: 'quit' }] }
    default:
      return command satisfies never
  }
}

function open(face: Face, how: Opening): Step {
  if (face.moving) return warned(face, '✗ One moment, please: a session is being opened.')
  return { face: { ...face, moving: true }, effects: [{ type: 'open', how }] }
}

/** Asks the daemon to stop the running turn, or to withdraw what waits to begin. */
export function cancel(face: Face): Step {
  if (face.session === undefined || !isBusy(face)) return warned(face, 'Nothing is running.')
  const { open, queue } = face.transcript.state
  // Always by name: a cancel that is sent again after a lost reply must not hit what came next.
  const turn = open?.turn ?? queue[0]?.input
  return { face, effects: [{ type: 'cancel', session: face.session, turn }] }
}

function resolve(face: Face, verdict: Verdict, scope: ApprovalScope = 'once'): Step {
  const { session } = face
  const question = questionFor(face)
  if (session === undefined || question?.status.type !== 'asked')
    return warned(face, 'Nothing asks for your permission.')
  const asked = { call: question.call, hash: question.status.hash }
  const effect: Effect =
    verdict === 'deny' ? { type: verdict, session, asked } : { type: verdict, session, asked, scope }
  return { face: { ...face, resolving: question.call }, effects: [effect] }
}

export const lostLines = (face: Face): Line[] =>
  face.held.map((text) => line(`✗ not sent: ${inQuotes(text)} (the up arrow brings it back)`, 'warn', 2))
