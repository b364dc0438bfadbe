import type { Call, Input, LiveStep, Step, Transcript, Turn } from '@nacre/client'
import { headerLines, partText, progressLines, resultLines } from './call-lines.js'
import { cleanInline, cleanLines } from './clean.js'
import { BLANK, type Line, line } from './line.js'
import { finish, hear, NEW_SPEECH, type Speech, unfinished } from './speech.js'
import { foldedThought, lastThought, openThought, thoughtLine } from './thought.js'

/** How much of an entry is printed already. */
export type Begun =
  | { readonly type: 'nothing' }
  /** The text as it was when it was last read. */
  | { readonly type: 'said'; readonly text: string; readonly speech: Speech }
  /** So many UTF-16 units of the reasoning. */
  | { readonly type: 'thought'; readonly units: number }
  /** The call as it was printed. */
  | { readonly type: 'called'; readonly call: Call }

/** One thing in a turn, in the order in which it is shown. */
type Entry = {
  /** What has become final since `begun` was printed. What is taken back is said to be. */
  readonly lines: readonly Line[]
  /** What follows them at the moment and can still change. */
  readonly tail: readonly Line[]
  readonly done: boolean
  /** It waits for a person's word: what is behind it is not shown until it has it. */
  readonly asks: boolean
  /** How much is printed when `lines` are. */
  readonly begun: Begun
}
export type MakeEntry = (begun: Begun) => Entry

/** What a person wants to see. */
export type Wants = {
  /** Reasoning whole, not only how much of it there is. */
  readonly unfolded: boolean
}

export const NOT_BEGUN: Begun = { type: 'nothing' }

const SHORT_QUESTION = { lines: 8, chars: 320 }
const SUMMING_UP = [line('… summing up the older part of this conversation, to make room', 'dim', 2)]
const SUMMED_UP = [line('(The older part of this conversation was summed up, to make room.)', 'dim', 1)]
const WITHDRAWN = '⤺ the answer above was cut off and is withdrawn'
const CHANGED = line('⤺ the call above was changed before it ran; it is shown again', 'warn', 2)

/** A step's entries, each computed when it is asked for: an entry's index never changes. */
export function entriesOf(turn: Turn, step: Step, transcript: Transcript, wants: Wants): MakeEntry[] {
  const live = transcript.live.find((said) => said.step === step.step)
  return [
    ...step.inputs.map((input) => () => done(inputLines(input))),
    (begun) => thoughtEntry(step, live, begun, wants),
    (begun) => textEntry(turn, step, live?.text ?? '', begun),
    ...step.calls.map((call) => (begun: Begun) => callEntry(call, transcript.progress[call.call], begun)),
  ]
}

/** How a turn ended, if it did. */
export const endEntry = (turn: Turn): MakeEntry[] => {
  const { end } = turn
  return end ? [() => done(endLines(turn, end))] : []
}

/** Whether there are lines of it: then nothing else is put before the rest. */
export function isPrinted(begun: Begun): boolean {
  switch (begun.type) {
    case 'nothing':
      return false
    case 'said':
      return !begun.speech.markdown.first
    case 'thought':
      return begun.units > 0
    case 'called':
      return true
    default:
      return begun satisfies never
  }
}

/** What a person said, as it stands in the conversation. */
export function inputLines(input: Pick<Input, 'parts'>): Line[] {
  const [first = '', ...rest] = cleanLines(input.parts.map(partText).join('\n').trim())
  return [BLANK, line(`› ${first}`, 'user', 2), ...rest.map((text) => line(`  ${text}`, 'user', 2))]
}

const done = (lines: readonly Line[]): Entry => ({ lines, tail: [], done: true, asks: false, begun: NOT_BEGUN })

const open = (lines: readonly Line[], tail: readonly Line[], begun: Begun): Entry => ({
  lines,
  tail,
  done: false,
  asks: false,
  begun,
})

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

function textEntry(turn: Turn, step: Step, live: string, begun: Begun): Entry {
  if (step.compacts) return step.end ? done(SUMMED_UP) : open([], SUMMING_UP, begun)
  const before = begun.type === 'said' ? begun : { text: '', speech: NEW_SPEECH }
  if (step.end === undefined) {
    const { speech, lines } = hear(before.speech, live)
    return open(lines, unfinished(speech, live), { type: 'said', text: live, speech })
  }
  const again = step.end.outcome !== 'failed' && !turn.cancelRequested ? '; it is said again' : ''
  const withdrawn = isPrinted(begun) ? [line(WITHDRAWN + again, 'warn', 2)] : []
  if (isWithdrawn(step)) return done(withdrawn)
  const text = step.end.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
  if (text.startsWith(before.text.slice(0, before.speech.seen))) return done(finish(before.speech, text))
  return done([...withdrawn, ...finish(NEW_SPEECH, text)])
}

function callEntry(call: Call, progress: string | undefined, begun: Begun): Entry {
  const { status } = call
  // Not shown before its turn: it would stand between another call and the question whether to allow that one.
  if (status.type === 'called') return open([], [], begun)
  const header = unprintedHeader(call, begun)
  const printed: Begun = { type: 'called', call }
  switch (status.type) {
    case 'asked':
      return { ...(fits(header) ? open([], header, begun) : open(header, [], printed)), asks: true }
    case 'approved':
    case 'denied':
    case 'answered':
      return open(header, [], printed)
    case 'questioned': {
      const { delegate } = status
      if (delegate) return open(header, [delegateLine(delegate.agent, status.question)], printed)
      return { ...open(header, [...questionText(status.parts), ...choiceLines(status.choices)], printed), asks: true }
    }
    case 'started':
      return open(header, progressLines(progress), printed)
    case 'finished':
      return done([...header, ...resultLines(call)])
    default:
      return status satisfies never
  }
}

/** A call that was changed after it was printed is printed again. */
function unprintedHeader(call: Call, begun: Begun): Line[] {
  if (begun.type !== 'called') return headerLines(call)
  if (begun.call.args === call.args && begun.call.argsText === call.argsText) return []
  const [before, now] = [headerLines(begun.call), headerLines(call)]
  const same = before.length === now.length && before.every(({ text }, index) => text === now[index]?.text)
  return same ? [] : [CHANGED, ...now]
}

const delegateLine = (agent: string, session: string): Line =>
  line(`  … ${cleanInline(agent)} is at work (/switch ${cleanInline(session)})`, 'dim', 4)

const questionText = (parts: readonly Parameters<typeof partText>[0][]) =>
  cleanLines(parts.map(partText).join('\n')).map((text) => line(`  ${text}`, 'ask', 2))

const choiceLines = (choices: readonly string[] = []) =>
  choices.map((choice, index) => line(`  ${index + 1}. ${cleanInline(choice)}`, 'ask', 5))

/** A call that asks is kept beside its question while it is short; a long one is written out whole. */
const fits = (header: readonly Line[]): boolean =>
  header.length <= SHORT_QUESTION.lines &&
  header.reduce((sum, { text }) => sum + text.length, 0) <= SHORT_QUESTION.chars

function endLines(turn: Turn, end: NonNullable<Turn['end']>): Line[] {
  const fault = end.fault ?? turn.steps.at(-1)?.end?.fault
  const why = fault ? `: ${cleanInline(fault.message)}${fault.mend ? ` (${cleanInline(fault.mend)})` : ''}` : ''
  switch (end.outcome) {
    case 'completed':
      return []
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
