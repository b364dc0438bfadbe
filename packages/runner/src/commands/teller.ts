import { type LiftedEvent, lift, type SessionItem, type Transcript, type Turn } from '@nacre/client'
import type { SessionId } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import { printJson } from './context.js'

/** Tells a turn as it happens, and what its end means for the exit code. */
export type Teller = {
  tell(item: SessionItem, after: Transcript): void
  end(turn: Turn, denied: boolean): number
}

/** Text goes to standard output as it comes, what tools do to standard error. */
export function plainTeller(): Teller {
  let said = ''
  const say = (text: string) => {
    if (!text.startsWith(said)) return
    const more = text.slice(said.length)
    process.stdout.write(process.stdout.isTTY ? printable(more) : more)
    said = text
  }
  const stepFinished = (event: Extract<LiftedEvent, { type: 'step.finished'; parts: unknown }>) => {
    const { fault } = event
    if (fault?.until !== undefined)
      process.stderr.write(
        printable(
          `${fault.message}\n  It is asked again at ${new Date(fault.until).toISOString()}. Ctrl-C leaves; the turn waits on.\n`,
        ),
      )
    // What came while the connection was away is in the event.
    if (event.outcome === 'interrupted' || event.outcome === 'failed') {
      if (said) process.stderr.write('\n[cut off; it is withdrawn]\n')
    } else say(event.parts.map((part) => (part.type === 'text' ? part.text : '')).join(''))
    if (said && event.outcome !== 'interrupted') process.stdout.write('\n')
    said = ''
  }
  return {
    tell(item, after) {
      if (item.kind === 'transient') say(after.live.at(-1)?.text ?? '')
      if (item.kind !== 'stored') return
      const event = lift(item.event)
      if (event.type === 'step.finished' && 'parts' in event) stepFinished(event)
      if (event.type === 'tool.started' && 'name' in event) process.stderr.write(`[${printable(event.name)}]\n`)
      if (event.type === 'tool.finished' && 'outcome' in event && event.outcome !== 'ok')
        process.stderr.write(`[${event.outcome}]\n`)
      if (event.type === 'notice.posted' && 'text' in event) process.stderr.write(printable(`! ${event.text}\n`))
    },
    end: exitOf,
  }
}

/** Events go to standard output, one JSON object a line. */
export const jsonTeller = (session: SessionId): Teller => ({
  tell: (item) => {
    if (item.kind === 'stored') printJson({ session, ...item.event })
  },
  end: exitOf,
})

function exitOf(turn: Turn, denied: boolean): number {
  const { outcome, fault } = turn.end ?? {}
  if (fault) process.stderr.write(printable(`${fault.message}\n${fault.mend ? `  ${fault.mend}\n` : ''}`))
  if (outcome === 'cancelled') return EXIT.cancelled
  if (outcome === 'budget_exceeded') return EXIT.budget
  if (outcome === 'failed') return EXIT.failed
  return denied ? EXIT.denied : EXIT.ok
}

/** What models and tools say must not drive the terminal that it is printed on, nor change the order of what is read. */
export const printable = (text: string): string => text.replace(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu, '')
