import type { Call } from '@nacre/client'
import { type Line, line } from '../drawn/line.js'
import { headerLines, partText, progressLines, resultLines } from './call-lines.js'
import { cleanInline, cleanLines } from './clean.js'
import { type Begun, done, type Entry, open } from './entry.js'

const SHORT_QUESTION = { lines: 8, chars: 320 }
const CHANGED = line('⤺ the call above was changed before it ran; it is shown again', 'warn', 2)

/** A call as far as it has come. */
export function callEntry(call: Call, progress: string | undefined, begun: Begun): Entry {
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
