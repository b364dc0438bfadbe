import { Fault } from '@nacre/types'
import type { Place } from './doc.js'
import { printable } from './key-path.js'

/** One thing that is wrong with the configuration. Holds no value that could be a secret. */
export type Problem = { readonly place: Place; readonly text: string; readonly mend?: string }

const MOST = 100

/** `file:line:column`, or the words for what has no lines. */
export const whereOf = ({ source, line, column }: Place): string =>
  [source, line, column].filter((part) => part !== undefined).join(':')

/** `file:line`, as `origins` has it. */
export const originOf = ({ source, line }: Place): string => (line === undefined ? source : `${source}:${line}`)

/** All problems as the one fault that the reader gets. */
export function faultOf(problems: readonly Problem[], cause?: unknown): Fault {
  const lines = problems.slice(0, MOST).map(lineOf)
  const more = problems.length > MOST ? [`... and ${problems.length - MOST} more`] : []
  const [only] = problems.length === 1 ? problems : []
  const message = only
    ? `${printable(whereOf(only.place))}: ${only.text}`
    : [`The configuration has ${problems.length} problems:`, ...lines, ...more].join('\n')
  const mend = only ? only.mend : 'Each line names its place; nothing was started.'
  return new Fault('invalid_input', message, {
    ...(mend === undefined ? {} : { mend }),
    ...(cause === undefined ? {} : { cause }),
  })
}

const lineOf = ({ place, text, mend }: Problem) =>
  `  ${printable(whereOf(place))}: ${text}${mend === undefined ? '' : ` ${mend}`}`
