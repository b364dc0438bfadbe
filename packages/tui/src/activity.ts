import { busyUntil } from '@nacre/client'
import { type Face, questionFor } from './face.js'
import { hint } from './help.js'
import { cleanInline } from './said/clean.js'

/** What is going on, the most important thing first. */
export function activityWords(face: Face): readonly string[] {
  const { connection, keymap, transcript } = face
  const cancels = hint(keymap, 'cancel', 'cancels')
  if (connection.type === 'closed') return ['connection closed', ...hint(keymap, 'leave', 'leaves')]
  if (connection.type === 'connecting') return connectingWords(face, connection)
  if (face.moving || !transcript.caughtUp) return ['opening the session…']
  const { open, queue } = transcript.state
  if (open?.cancelRequested) return ['cancelling…']
  if (questionFor(face)) return ['waiting for your answer', ...cancels]
  const until = busyUntil(transcript.state)
  if (until !== undefined) return [`the model has no room; asked again at ${clockOf(until)}`, ...cancels]
  if (open) return [doing(face), ...hint(keymap, 'submit', 'queues'), ...hint(keymap, 'steer', 'steers'), ...cancels]
  return queue.length > 0 ? ['waiting to begin', ...hint(keymap, 'cancel', 'withdraws')] : ['ready', '/help']
}

const clockOf = (at: number) => new Date(at).toTimeString().slice(0, 8)

function connectingWords({ hello }: Face, { attempt, why }: { attempt: number; why?: string }): string[] {
  const reason = why === undefined ? [] : [cleanInline(why)]
  if (hello !== undefined) return [`connection lost, reconnecting (attempt ${attempt})…`, ...reason]
  return [attempt > 1 ? `connecting (attempt ${attempt})…` : 'connecting…', ...reason]
}

function doing({ transcript: { state, live } }: Face): string {
  const step = state.open?.steps.at(-1)
  const call = step?.calls.find(({ status }) => status.type === 'started' || status.type === 'questioned')
  if (call?.status.type === 'questioned') return `waiting for ${cleanInline(call.status.delegate?.agent ?? 'you')}`
  if (call) return `running ${cleanInline(call.name)}`
  if (step?.compacts) return 'summing up'
  const said = live.find((speaking) => speaking.step === step?.step)
  const args = said?.args.at(-1)
  if (args) return `writing a call of ${cleanInline(args.name)} (${args.text.length})`
  if (said?.text) return 'answering'
  return said?.reasoning ? 'thinking' : 'working'
}
