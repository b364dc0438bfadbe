import type { Call, Input, Step, Transcript, Turn } from '@nacre/client'
import { headerLines, partText, progressLines, resultLines } from './call-lines.js'
import { cleanInline, cleanLine, cleanLines, LINE_END, linesOf } from './clean.js'
import { BLANK, type Line, line } from './line.js'

/**
 * One thing in a turn, in the order in which it is shown. `lines` only ever get more, unless what was said is taken
 * back: then `withdrawn` says so. `tail` is what follows them at the moment and can still change.
 */
export type Entry = {
  readonly lines: readonly Line[]
  readonly tail: readonly Line[]
  readonly done: boolean
  readonly withdrawn: string
  /** It waits for a person's word: what is behind it is not shown until it has it. */
  readonly asks: boolean
  /** How much of a text that is still being said its `lines` are, in UTF-16 units. */
  readonly units: number
}

/** What is printed of an entry already. */
export type Begun = Pick<Entry, 'units'> & { readonly said: readonly Line[] }
export const NOT_BEGUN: Begun = { said: [], units: 0 }

const TAIL_CHARS = 1500
const SHORT_QUESTION = { lines: 8, chars: 320 }
const SUMMING_UP = [line('… summing up the older part of this conversation, to make room', 'dim', 2)]
const SUMMED_UP = [line('(The older part of this conversation was summed up, to make room.)', 'dim', 1)]
const WITHDRAWN = '⤺ the answer above was cut off and is withdrawn'
const CHANGED = '⤺ the call above was changed before it ran; it is shown again'

/** A turn's entries, each computed when it is asked for: an entry's index never changes. */
export function entriesOf(
  turn: Turn,
  { live, progress }: Pick<Transcript, 'live' | 'progress'>,
): ((begun: Begun) => Entry)[] {
  const steps = turn.steps.flatMap((step) => [
    ...step.inputs.map((input) => () => done(inputLines(input))),
    (begun: Begun) => textEntry(turn, step, live.find((said) => said.step === step.step)?.text ?? '', begun),
    ...step.calls.map((call) => () => callEntry(call, progress[call.call])),
  ])
  const { end } = turn
  return end ? [...steps, () => done(endLines(turn, end))] : steps
}

/** What a person said, as it stands in the conversation. */
export function inputLines(input: Pick<Input, 'parts'>): Line[] {
  const [first = '', ...rest] = cleanLines(input.parts.map(partText).join('\n').trim())
  return [BLANK, line(`› ${first}`, 'user', 2), ...rest.map((text) => line(`  ${text}`, 'user', 2))]
}

const done = (lines: readonly Line[], withdrawn = ''): Entry => ({
  lines,
  tail: [],
  done: true,
  withdrawn,
  asks: false,
  units: 0,
})

function textEntry(turn: Turn, step: Step, live: string, begun: Begun): Entry {
  if (step.compacts) return step.end ? done(SUMMED_UP) : said([], SUMMING_UP)
  if (step.end === undefined) return speaking(live, begun)
  const { outcome, parts } = step.end
  const again = outcome !== 'failed' && !turn.cancelRequested ? '; it is said again' : ''
  if (outcome === 'interrupted' || outcome === 'failed') return done([], WITHDRAWN + again)
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
  return done(paragraph(linesOf(text)), WITHDRAWN + again)
}

/**
 * What a step has said so far, from where it is printed: a long answer is not read anew with each of its deltas. The
 * last line may still grow, and blank lines before it may turn out to be the end: both are not final.
 */
function speaking(all: string, begun: Begun): Entry {
  // A CR at the end may be half of a CRLF.
  const rest = all.slice(begun.units, all.endsWith('\r') ? -1 : undefined)
  const lines = [...begun.said]
  let { units } = begun
  let read = 0
  let blanks = 0
  for (const { 0: end, index } of rest.matchAll(LINE_END)) {
    const text = rest.slice(read, index)
    read = index + end.length
    if (text.trim() === '') blanks++
    else {
      lines.push(...Array.from({ length: lines.length === 0 ? 1 : blanks }, () => BLANK), line(cleanLine(text)))
      blanks = 0
      units = begun.units + read
    }
  }
  return { ...said(lines, openLine(rest.slice(read), lines.length === 0 ? 1 : blanks)), units }
}

function openLine(text: string, blanks: number): Line[] {
  if (text.trim() === '') return []
  const shown = text.length > TAIL_CHARS ? `…${text.slice(-TAIL_CHARS)}` : text
  return [...Array.from({ length: blanks }, () => BLANK), line(cleanLine(shown))]
}

function paragraph(texts: readonly string[]): Line[] {
  const first = texts.findIndex((text) => text.trim() !== '')
  const last = texts.findLastIndex((text) => text.trim() !== '')
  return first < 0
    ? []
    : [BLANK, ...texts.slice(first, last + 1).map((text) => (text.trim() === '' ? BLANK : line(cleanLine(text))))]
}

function callEntry(call: Call, progress: string | undefined): Entry {
  const header = headerLines(call)
  const { status } = call
  switch (status.type) {
    case 'called':
      // Not shown before its turn: it would stand between another call and the question whether to allow that one.
      return said([], [])
    case 'asked':
      return { ...(fits(header) ? said([], header) : said(header, [])), asks: true }
    case 'approved':
    case 'denied':
    case 'answered':
      return said(header, [])
    case 'questioned':
      if (status.delegate)
        return said(header, [
          line(
            `  … ${cleanInline(status.delegate.agent)} is at work (/switch ${cleanInline(status.question)})`,
            'dim',
            4,
          ),
        ])
      return { ...said(header, [...questionText(status.parts), ...choiceLines(status.choices)]), asks: true }
    case 'started':
      return said(header, progressLines(progress))
    case 'finished':
      return done([...header, ...resultLines(call)], CHANGED)
    default:
      return status satisfies never
  }
}

const said = (lines: readonly Line[], tail: readonly Line[]): Entry => ({
  lines,
  tail,
  done: false,
  withdrawn: CHANGED,
  asks: false,
  units: 0,
})

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
