import { busyUntil } from '@nacre/client'
import { partText } from './call-lines.js'
import { cleanInline } from './clean.js'
import { type Face, questionFor } from './face.js'
import { BLANK, type Line, line, type Row } from './line.js'
import { promptRows } from './prompt.js'
import { unprinted } from './view.js'
import { textWidth } from './width.js'
import { rowsOf, wrap } from './wrap.js'

/** The rows below the printed lines, and where the cursor stands: in which row, behind which text of it. */
export type Block = {
  readonly rows: readonly Row[]
  readonly cursor: { readonly row: number; readonly before: string }
}
export type Size = { readonly columns: number; readonly rows: number }

const QUEUE_SHOWN = 3

/** What is redrawn in place: at most `size.rows - 1` rows, none as wide as the terminal. What does not fit is cut at its top. */
export function blockOf(face: Face, size: Size): Block {
  const width = Math.max(10, size.columns - 1)
  const room = Math.max(2, size.rows - 1)
  const prompt = promptRows(face.editor, width, Math.max(1, Math.min(8, Math.floor(room / 2))))
  const blank = room < 8 ? [] : [BLANK]
  const question = [...questionLines(face), ...blank].flatMap((text) => rowsOf(text, width))
  // What asks comes first: what merely waits is shown as far as there is room left.
  const spare = Math.max(0, room - prompt.rows.length - question.length - 1)
  const waiting = waitingTexts(face)
    .slice(0, spare)
    .map((text): Row => ({ text: clip(text, width), tone: 'dim' }))
  const status: Row = { text: fit(statusWords(face), width), tone: 'dim' }
  const below = [...question, ...waiting, status].slice(-(room - prompt.rows.length))
  const above = unprinted(face.paper, face.transcript).flatMap((text) => rowsOf(text, width))
  const rows = [...lastRows(above, room - prompt.rows.length - below.length), ...below]
  return {
    rows: [...rows, ...prompt.rows.map((text): Row => ({ text, tone: 'plain' }))],
    cursor: { row: rows.length + prompt.cursor.row, before: prompt.cursor.before },
  }
}

function lastRows(rows: readonly Row[], room: number): readonly Row[] {
  if (rows.length <= room) return rows
  return room <= 0 ? [] : [{ text: '⋮', tone: 'dim' }, ...rows.slice(rows.length - room + 1)]
}

function questionLines(face: Face): Line[] {
  const call = questionFor(face)
  if (call === undefined) return face.resolving === undefined ? [] : [line('your answer is on its way…', 'dim')]
  if (call.status.type !== 'asked') return [line('Type your answer and press Enter', 'ask')]
  return [line(`${cleanInline(call.name)} is ${call.status.safety}.`, 'ask'), line('Allow this? type y or n', 'ask')]
}

/** What was typed and has not begun: what the daemon has queued, then what is on its way there. */
function waitingTexts(face: Face): string[] {
  const sending = face.sending.filter(({ session }) => session === face.session?.session)
  const all = [
    ...face.transcript.state.queue.map((input) => `queued: ${cleanInline(input.parts.map(partText).join(' '))}`),
    ...sending.map(({ text }) => `sending: ${cleanInline(text)}`),
    ...face.held.map((text) => `for the next session: ${cleanInline(text)}`),
  ]
  const more = all.length - QUEUE_SHOWN
  return more > 0 ? [...all.slice(0, QUEUE_SHOWN), `… and ${more} more`] : all
}

/** What is going on, the most important thing first. */
function statusWords(face: Face): readonly string[] {
  const { connection, transcript } = face
  if (connection.type === 'closed') return ['connection closed', 'ctrl-d leaves']
  if (connection.type === 'connecting') return connectingWords(face, connection)
  if (face.moving) return ['opening the session…']
  const { open, queue } = transcript.state
  if (open?.cancelRequested) return ['cancelling…']
  if (questionFor(face)) return ['waiting for your answer', 'ctrl-c cancels']
  const until = busyUntil(transcript.state)
  if (until !== undefined) return [`the model has no room; asked again at ${clockOf(until)}`, 'ctrl-c cancels']
  if (open) return [doing(face), 'Enter queues', 'ctrl-c cancels']
  return queue.length > 0 ? ['waiting to begin', 'ctrl-c withdraws'] : ['ready', '/help']
}

const clockOf = (at: number) => new Date(at).toTimeString().slice(0, 8)

function connectingWords({ hello }: Face, { attempt, why }: { attempt: number; why?: string }): string[] {
  const reason = why === undefined ? [] : [cleanInline(why)]
  if (hello !== undefined) return [`connection lost, reconnecting (attempt ${attempt})…`, ...reason]
  return [attempt > 1 ? `connecting (attempt ${attempt})…` : 'connecting…', ...reason]
}

function clip(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  return `${wrap(line(text), width - 1)[0] ?? ''}…`
}

/** As many words as fit into one row, whole. */
function fit(words: readonly string[], width: number): string {
  const [first = '', ...rest] = words
  const all = rest.reduce((row, word) => (textWidth(`${row} · ${word}`) > width ? row : `${row} · ${word}`), first)
  return clip(all, width)
}

function doing({ transcript: { state, live } }: Face): string {
  const step = state.open?.steps.at(-1)
  const call = step?.calls.find(({ status }) => status.type === 'started' || status.type === 'questioned')
  if (call?.status.type === 'questioned') return `waiting for ${cleanInline(call.status.delegate?.agent ?? 'you')}`
  if (call) return `running ${cleanInline(call.name)}`
  const said = live.find((speaking) => speaking.step === step?.step)
  const args = said?.args.at(-1)
  if (args) return `writing a call of ${cleanInline(args.name)} (${args.text.length})`
  if (said?.text) return 'answering'
  return said?.reasoning ? 'thinking' : 'working'
}
