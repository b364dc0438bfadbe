import type { Input, LiveStep, Step, Transcript, Turn } from '@nacre/client'
import type { Size } from '../block.js'
import { BLANK, type Line, line } from '../drawn/line.js'
import { callEntry } from './call-entry.js'
import { partText } from './call-lines.js'
import { cleanInline, cleanLines } from './clean.js'
import { type Begun, done, type Entry, isPrinted, type MakeEntry, open } from './entry.js'
import { finish, hear, NEW_SPEECH, unfinished } from './speech.js'
import { foldedThought, lastThought, openThought, thoughtLine } from './thought.js'

/** What a person wants to see. */
export type Wants = {
  /** Reasoning whole, not only how much of it there is. */
  readonly unfolded: boolean
  /** Where rows are drawn again in place: how large that is. What takes much of it is printed bit by bit. */
  readonly screen?: Size
}

const SUMMING_UP = [line('… summing up the older part of this conversation, to make room', 'dim', 2)]
const SUMMED_UP = [line('(The older part of this conversation was summed up, to make room.)', 'dim', 1)]
const NOTHING_TO_SUM_UP = [line('(There is too little yet to sum up.)', 'dim', 1)]
const WITHDRAWN = '⤺ the answer above was cut off and is withdrawn'

/** A step's entries, each computed when it is asked for: an entry's index never changes. */
export function entriesOf(turn: Turn, step: Step, transcript: Transcript, wants: Wants): MakeEntry[] {
  const live = transcript.live.find((said) => said.step === step.step)
  return [
    ...step.inputs.map((input) => () => done(inputLines(input))),
    (begun) => thoughtEntry(step, live, begun, wants),
    (begun) => textEntry(turn, step, live?.text ?? '', begun, wants),
    ...step.calls.map((call) => (begun: Begun) => callEntry(call, transcript.progress[call.call], begun)),
  ]
}

/** How a turn ended, if it did. */
export const endEntry = (turn: Turn): MakeEntry[] => {
  const { end } = turn
  return end ? [() => done(endLines(turn, end))] : []
}

/** What a person said, as it stands in the conversation. */
export function inputLines(input: Pick<Input, 'parts'>): Line[] {
  const [first = '', ...rest] = cleanLines(input.parts.map(partText).join('\n').trim())
  return [BLANK, line(`› ${first}`, 'user', 2), ...rest.map((text) => line(`  ${text}`, 'user', 2))]
}

/** Reasoning is over when something else is said. */
function thoughtEntry(step: Step, live: LiveStep | undefined, begun: Begun, { unfolded }: Wants): Entry {
  if (step.compacts || isWithdrawn(step)) return done([])
  const text = step.end ? thoughtOf(step.end.parts) : (live?.reasoning ?? '')
  const over = step.end !== undefined || (live !== undefined && (live.text !== '' || live.args.length > 0))
  const from = begun.type === 'thought' ? begun.units : 0
  if (!unfolded && over) return done(foldedThought(text.slice(from)))
  if (!unfolded) return open([], lastThought(text), begun)
  const { units, lines } = openThought(from, text)
  const rest = text.slice(units).trim() === '' ? [] : thoughtLine(text.slice(units), units === 0)
  return over ? done([...lines, ...rest]) : open(lines, rest, { type: 'thought', units })
}

const thoughtOf = (parts: NonNullable<Step['end']>['parts']): string =>
  parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join('')

const isWithdrawn = ({ end }: Step): boolean => end?.outcome === 'interrupted' || end?.outcome === 'failed'

function textEntry(turn: Turn, step: Step, live: string, begun: Begun, { screen }: Wants): Entry {
  if (step.compacts) return step.end ? done(SUMMED_UP) : open([], SUMMING_UP, begun)
  const before = begun.type === 'said' ? begun : { text: '', speech: NEW_SPEECH }
  if (step.end === undefined) {
    const { speech, lines } = hear(before.speech, live, screen)
    return open(lines, unfinished(speech, live), { type: 'said', text: live, speech })
  }
  const again = step.end.outcome !== 'failed' && !turn.cancelRequested ? '; it is said again' : ''
  const withdrawn = isPrinted(begun) ? [line(WITHDRAWN + again, 'warn', 2)] : []
  if (isWithdrawn(step)) return done(withdrawn)
  const text = step.end.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
  if (text.startsWith(before.text.slice(0, before.speech.seen))) return done(finish(before.speech, text))
  return done([...withdrawn, ...finish(NEW_SPEECH, text)])
}

function endLines(turn: Turn, end: NonNullable<Turn['end']>): Line[] {
  const fault = end.fault ?? turn.steps.at(-1)?.end?.fault
  const why = fault ? `: ${cleanInline(fault.message)}${fault.mend ? ` (${cleanInline(fault.mend)})` : ''}` : ''
  switch (end.outcome) {
    case 'completed':
      return turn.compact && turn.steps.length === 0 ? NOTHING_TO_SUM_UP : []
    case 'cancelled':
      return [line('✗ cancelled', 'warn', 2)]
    case 'budget_exceeded':
      return [line(`✗ the budget is spent${why}`, 'warn', 2)]
    case 'failed':
      return [line(`✗ failed${why}`, 'error', 2)]
    default:
      return end.outcome satisfies never
  }
}
