import type { Transcript, Turn } from '@nacre/client'
import { cleanInline } from './clean.js'
import { type Entry, entriesOf, inputLines, NOT_BEGUN } from './entries.js'
import { type Line, line } from './line.js'

type State = Transcript['state']

/** How much of a transcript is on paper: what is printed stays, so this only ever moves on. */
export type Paper = {
  /** Finished turns that are printed whole, and entries of the next one. */
  readonly turns: number
  readonly entry: number
  /** Lines of the entry after these that are printed already. */
  readonly said: readonly Line[]
  readonly units: number
  readonly notice: number
  readonly dropped: State['dropped']
  readonly unknown: State['unknown']
}

export const NEW_PAPER: Paper = { turns: 0, entry: 0, ...NOT_BEGUN, notice: 0, dropped: [], unknown: [] }

/** What has become final since `paper`: lines to print once and never touch again. */
export function print(paper: Paper, transcript: Transcript): { paper: Paper; lines: Line[] } {
  const lines: Line[] = []
  let next = paper
  for (let turn = turnAt(next, transcript); turn; turn = turnAt(next, transcript)) {
    const entries = entriesOf(turn, transcript)
    for (let entry = entries[next.entry]?.(next); entry; entry = entries[next.entry]?.(next)) {
      lines.push(...unsaid(next, entry))
      next = entry.done
        ? { ...next, entry: next.entry + 1, ...NOT_BEGUN }
        : { ...next, said: entry.lines, units: entry.units }
      if (!entry.done) break
    }
    if (turn.end === undefined || next.entry < entries.length) break
    next = { ...next, turns: next.turns + 1, entry: 0 }
  }
  // Nothing is put between the lines of an answer.
  if (next.said.length > 0) return { paper: next, lines }
  return { paper: { ...next, ...asides(transcript.state) }, lines: [...lines, ...asideLines(next, transcript.state)] }
}

/** What is shown behind the printed lines and can still change. */
export function unprinted(paper: Paper, transcript: Transcript): Line[] {
  const turn = turnAt(paper, transcript)
  if (turn === undefined) return []
  const lines: Line[] = []
  for (const [index, make] of entriesOf(turn, transcript).slice(paper.entry).entries()) {
    const entry = make(index === 0 ? paper : NOT_BEGUN)
    lines.push(...(index === 0 ? unsaid(paper, entry) : entry.lines), ...entry.tail)
    if (entry.asks) break
  }
  // A turn that waits for somebody else may wait long: what is told meanwhile is not kept back.
  return [...lines, ...asideLines(paper, transcript.state)]
}

const turnAt = (paper: Paper, { state }: Transcript): Turn | undefined => state.turns[paper.turns] ?? state.open

function unsaid({ said }: Paper, entry: Entry): Line[] {
  const goesOn = said.every((printed, index) => printed.text === entry.lines[index]?.text)
  return goesOn ? entry.lines.slice(said.length) : [line(entry.withdrawn, 'warn', 2), ...entry.lines]
}

const asides = (state: State) => ({
  notice: state.notices.at(-1)?.seq ?? 0,
  dropped: state.dropped,
  unknown: state.unknown,
})

/** Things that belong to no turn. */
function asideLines(paper: Paper, state: State): Line[] {
  const unknown = state.unknown === paper.unknown ? undefined : state.unknown.at(-1)
  const dropped = state.dropped.filter((input) => !paper.dropped.includes(input))
  const notices = state.notices.filter(({ seq }) => seq > paper.notice)
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
