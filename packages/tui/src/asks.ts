import type { ApprovalScope } from '@nacre/client'
import type { Verdict } from './approval.js'
import { type Face, isBusy, questionFor } from './face.js'
import type { Effect, Opening } from './happening.js'
import { doing, type Step, warned } from './step.js'

/** Allows or refuses the call that asks. */
export function resolve(face: Face, verdict: Verdict, scope: ApprovalScope = 'once'): Step {
  const { session } = face
  const question = questionFor(face)
  if (session === undefined || question?.status.type !== 'asked')
    return warned(face, 'Nothing asks for your permission.')
  const asked = { call: question.call, hash: question.status.hash }
  const effect: Effect =
    verdict === 'deny' ? { type: verdict, session, asked } : { type: verdict, session, asked, scope }
  return doing({ ...face, resolving: question.call }, effect)
}

/** Asks the daemon to stop the running turn, or to withdraw what waits to begin. */
export function cancel(face: Face): Step {
  if (face.session === undefined || !isBusy(face)) return warned(face, 'Nothing is running.')
  const { open, queue } = face.transcript.state
  // Always by name: a cancel that is sent again after a lost reply must not hit what came next.
  const turn = open?.turn ?? queue[0]?.input
  return doing(face, { type: 'cancel', session: face.session, turn })
}

export function open(face: Face, how: Opening): Step {
  if (face.moving) return warned(face, '✗ One moment, please: a session is being opened.')
  return doing({ ...face, moving: true }, { type: 'open', how })
}
