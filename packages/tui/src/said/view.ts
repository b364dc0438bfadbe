import type { Transcript, Turn } from '@nacre/client'
import { type Line, line } from '../drawn/line.js'
import { cleanInline } from './clean.js'
import { endEntry, entriesOf, inputLines, type Wants } from './entries.js'
import { type Begun, isPrinted, type MakeEntry, NOT_BEGUN } from './entry.js'

type State = Transcript['state']

/** How much of a transcript is on paper: what is printed stays, so this only ever moves on. */
export type Paper = {
  /** Finished turns that are printed whole, steps of the next one, and entries of its next step. */
  readonly turns: number
  readonly steps: number
  readonly entries: number
  /** What is printed of the entry after these. */
  readonly begun: Begun
  readonly notices: State['notices']
  readonly dropped: State['dropped']
  readonly unknown: State['unknown']
}

export const NEW_PAPER: Paper = {
  turns: 0,
  steps: 0,
  entries: 0,
  begun: NOT_BEGUN,
  notices: [],
  dropped: [],
  unknown: [],
}
const FOLDED: Wants = { unfolded: false }

/** What has become final since `paper`: lines to print once and never touch again. */
export function print(
  paper: Paper,
  transcript: Transcript,
  wants: Wants = FOLDED,
): { paper: Paper; lines: readonly Line[] } {
  const lines: Line[] = []
  let next = paper
  for (let entries = entriesAt(next, transcript, wants); entries; entries = entriesAt(next, transcript, wants)) {
    for (let entry = entries[next.entries]?.(next.begun); entry; entry = entries[next.entries]?.(next.begun)) {
      lines.push(...entry.lines)
      next = entry.done ? { ...next, entries: next.entries + 1, begun: NOT_BEGUN } : { ...next, begun: entry.begun }
      if (!entry.done) break
    }
    const after = turned(next, transcript, entries.length)
    if (after === undefined) break
    next = after
  }
  // Nothing is put between the lines of an answer.
  if (isPrinted(next.begun)) return { paper: next, lines }
  return { paper: { ...next, ...asides(transcript.state) }, lines: [...lines, ...asideLines(next, transcript.state)] }
}

/** What is shown behind the printed lines and can still change. */
export function unprinted(paper: Paper, transcript: Transcript, wants: Wants = FOLDED): Line[] {
  const turn = turnAt(paper, transcript)
  if (turn === undefined) return []
  const lines: Line[] = []
  for (let next = paper; next.steps <= turn.steps.length; next = { ...next, steps: next.steps + 1, entries: 0 }) {
    for (const make of (entriesAt(next, transcript, wants) ?? []).slice(next.entries)) {
      const entry = make(next.begun)
      lines.push(...entry.lines, ...entry.tail)
      next = { ...next, begun: NOT_BEGUN }
      // A turn that waits for somebody else may wait long: what is told meanwhile is not kept back.
      if (entry.asks) return [...lines, ...asideLines(paper, transcript.state)]
    }
  }
  return [...lines, ...asideLines(paper, transcript.state)]
}

const turnAt = (paper: Paper, { state }: Transcript): Turn | undefined => state.turns[paper.turns] ?? state.open

/** The entries of the step that is to be printed, or of the turn's end behind its last one. */
function entriesAt(paper: Paper, transcript: Transcript, wants: Wants): readonly MakeEntry[] | undefined {
  const turn = turnAt(paper, transcript)
  if (turn === undefined) return undefined
  const step = turn.steps[paper.steps]
  return step ? entriesOf(turn, step, transcript, wants) : endEntry(turn)
}

/** The paper at the next step, or the next turn; undefined where what is printed is not at an end. */
function turned(paper: Paper, transcript: Transcript, entries: number): Paper | undefined {
  const turn = turnAt(paper, transcript)
  if (turn === undefined || paper.entries < entries) return undefined
  if (paper.steps < turn.steps.length - 1 || (turn.end !== undefined && paper.steps < turn.steps.length))
    return { ...paper, steps: paper.steps + 1, entries: 0 }
  return turn.end === undefined ? undefined : { ...paper, turns: paper.turns + 1, steps: 0, entries: 0 }
}

const asides = (state: State) => ({
  notices: state.notices,
  dropped: state.dropped,
  unknown: state.unknown,
})

/** Things that belong to no turn. */
function asideLines(paper: Paper, state: State): Line[] {
  const unknown = state.unknown === paper.unknown ? undefined : state.unknown.at(-1)
  const dropped = newOf(state.dropped, paper.dropped)
  const notices = newOf(state.notices, paper.notices)
  return [
    ...notices.map(({ level, text }) => line(`! ${cleanInline(text)}`, level === 'warning' ? 'warn' : 'dim', 2)),
    ...dropped.flatMap((input) => [
      ...inputLines(input),
      line(input.reason === 'rejected' ? '✗ not taken: the agent was busy' : '✗ withdrawn before it began', 'warn', 2),
    ]),
    ...(unknown === undefined
      ? []
      : [line(`! ${cleanInline(unknown)}: an event that this version does not know`, 'warn', 2)]),
  ]
}

/** What is in a list that grows at its end and may lose its beginning. */
const newOf = <T>(list: readonly T[], known: readonly T[]): readonly T[] => {
  if (list === known) return []
  const last = known.at(-1)
  return last === undefined ? list : list.slice(list.lastIndexOf(last) + 1)
}
