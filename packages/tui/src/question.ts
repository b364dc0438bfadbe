import { type Line, line } from './drawn/line.js'
import { type Face, questionFor } from './face.js'
import { cleanInline } from './said/clean.js'

/** What a person is asked now, if anything; no answer is suggested. */
export function questionLines(face: Face): Line[] {
  const call = questionFor(face)
  if (call === undefined) return face.resolving === undefined ? [] : [line('your answer is on its way…', 'dim')]
  if (call.status.type !== 'asked') return [line('Type your answer and press Enter', 'ask')]
  return [line(`${cleanInline(call.name)} is ${call.status.safety}.`, 'ask'), line('Allow this? type y or n', 'ask')]
}
