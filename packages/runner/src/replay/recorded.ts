import type { LiftedEvent, SessionEvent, StepFinished } from '@nacre/session'
import { isUnknown } from '@nacre/session'
import type { CallId, CallPart, StepId } from '@nacre/types'

/** What only the runtime writes. All else is an answer to it, or comes from outside. */
const MADE: ReadonlySet<string> = new Set([
  'turn.started',
  'turn.finished',
  'prefix.set',
  'step.started',
  'step.finished',
  'tool.started',
  'tool.finished',
  'approval.requested',
  'approval.expired',
  'question.asked',
  'session.compacted',
])

export const isMade = (event: LiftedEvent): event is SessionEvent => !isUnknown(event) && MADE.has(event.type)

/** A session's events, and how far a replay has come. Everything that is looked up lies ahead of it. */
export type Recorded = ReturnType<typeof createRecorded>

type Of<Type extends SessionEvent['type']> = Extract<SessionEvent, { type: Type }>

export function createRecorded(events: readonly LiftedEvent[]) {
  let at = 0
  /** What comes before this engine, or its driving, is gone: it did not live to write more. */
  function* ahead(): Iterable<SessionEvent> {
    for (let index = at; index < events.length; index++) {
      const event = events[index]
      if (event === undefined || event.type === 'session.claimed' || event.type === 'session.forked') return
      if (!isUnknown(event)) yield event
    }
  }
  const rest = (): Iterable<SessionEvent> => events.slice(at).filter((event) => !isUnknown(event)) as SessionEvent[]
  const found = <Type extends SessionEvent['type']>(
    among: Iterable<SessionEvent>,
    type: Type,
    wanted: (event: Of<Type>) => boolean,
  ): Of<Type> | undefined => {
    for (const event of among) if (event.type === type && wanted(event as Of<Type>)) return event as Of<Type>
    return undefined
  }
  return {
    next: (): LiftedEvent | undefined => events[at],
    previousAt: (): number => events[at - 1]?.at ?? 0,
    take(): LiftedEvent {
      const event = events[at]
      if (event === undefined) throw new RangeError('The record is at its end.')
      at += 1
      return event
    },
    /** The end of a step that is being asked, as the same engine wrote it. */
    endOf: (step: StepId) => found(ahead(), 'step.finished', (event) => event.step === step),
    resultOf: (call: CallId) => found(ahead(), 'tool.finished', (event) => event.call === call),
    questionOf: (call: CallId) => found(ahead(), 'question.asked', (event) => event.call === call),
    requestOf: (call: CallId) => found(rest(), 'approval.requested', (event) => event.call === call),
    startOf: (call: CallId) => found(rest(), 'tool.started', (event) => event.call === call),
    startedAgain: (call: CallId) => found(ahead(), 'tool.started', (event) => event.call === call) !== undefined,
    /** The calls that are started together next. */
    startedNext(): readonly CallId[] {
      const calls: CallId[] = []
      for (const event of rest()) {
        if (event.type === 'tool.started') calls.push(event.call)
        else if (calls.length > 0) break
      }
      return calls
    },
    stepNext: () => found(rest(), 'step.started', () => true),
    /** The prefix that the turn which begins next sets, if it does. */
    prefixNext() {
      for (const event of rest()) {
        if (event.type === 'prefix.set') return event.hash
        if (event.type === 'step.started') return undefined
      }
      return undefined
    },
    callsOf: (step: StepId): readonly CallPart[] => {
      const end = events.find(
        (event): event is StepFinished & SessionEvent =>
          !isUnknown(event) && event.type === 'step.finished' && event.step === step && event.outcome === 'completed',
      )
      return end?.parts.filter((part) => part.type === 'call') ?? []
    },
  }
}
