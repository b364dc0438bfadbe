import { Fault } from '@nacre/types'
import type { Place } from './doc.js'
import { printable } from './key-path.js'

/** One thing that is wrong with the configuration. Holds no value that could be a secret. */
export type Problem = { readonly place: Place; readonly text: string; readonly mend?: string }

const MOST = 100

/** `file:line:column`, or the words for what has no lines. */
const whereOf = ({ source, line, column }: Place): string =>
  [source, line, column].filter((part) => part !== undefined).join(':')

/** `file:line`, as `origins` has it. */
export const originOf = ({ source, line }: Place): string => (line === undefined ? source : `${source}:${line}`)

/** All problems as the one fault that the reader gets, those of one file together and from its top to its end. */
export function faultOf(problems: readonly Problem[]): Fault {
  const [first, ...others] = problems
  if (first !== undefined && others.length === 0) {
    const { text, mend = 'Mend it there; nothing of the configuration was used.' } = first
    return new Fault('invalid_input', `${printable(whereOf(first.place))}: ${printable(text)}`, {
      mend: printable(mend),
    })
  }
  const sorted = [...Map.groupBy(problems, ({ place }) => place.source).values()].flatMap((group) =>
    group.toSorted(byPlace),
  )
  const cut = problems.length > MOST ? [`  ... and ${problems.length - MOST} more`] : []
  const message = [`The configuration has ${problems.length} problems:`, ...sorted.slice(0, MOST).map(lineOf), ...cut]
  return new Fault('invalid_input', message.join('\n'), { mend: 'Mend each at its place; none of it was used.' })
}

const byPlace = ({ place: a }: Problem, { place: b }: Problem) =>
  (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)

const lineOf = ({ place, text, mend }: Problem) =>
  `  ${printable(`${whereOf(place)}: ${text}${mend === undefined ? '' : ` ${mend}`}`)}`
