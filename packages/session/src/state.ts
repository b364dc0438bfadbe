import type {
  Allowance,
  AnswerPart,
  BlobHash,
  CallId,
  ContentPart,
  InputId,
  JsonObject,
  Millis,
  SafetyClass,
  SendMode,
  Seq,
  Spend,
  StepId,
  StopReason,
  TurnId,
  Usage,
} from '@nacre/types'
import type { EventFault, LimitName, StepFinished, ToolOutcome, TurnOutcome } from './event.js'
import type { Seen } from './seen.js'

/** A conversation as its events say it is. Two folds of the same events are equal; `apply` makes a new one. */
export type SessionState = {
  readonly seq: Seq
  readonly title: string
  readonly agent: string
  readonly createdAt: Millis
  readonly epoch: number
  readonly prefix?: BlobHash
  /** Finished turns, oldest first. */
  readonly turns: readonly Turn[]
  readonly open?: Turn
  /** By the finished turns. */
  readonly spent: Spend
  /** Inputs that no step has named yet, in order. */
  readonly queue: readonly Input[]
  /** The last inputs that will never be answered, and why. */
  readonly dropped: readonly DroppedInput[]
  readonly notices: readonly Notice[]
  /** Types of events that this code does not know. */
  readonly unknown: readonly string[]
  readonly seen: Seen
}

export type Input = {
  readonly input: InputId
  readonly parts: readonly ContentPart[]
  readonly mode: SendMode
  readonly by: string
  readonly at: Millis
}
export type DroppedInput = Input & { readonly reason: 'rejected' | 'withdrawn' }
export type Notice = { readonly seq: Seq; readonly level: 'info' | 'warning'; readonly text: string }

export type Turn = {
  readonly turn: TurnId
  readonly startedAt: Millis
  readonly cancelRequested: boolean
  readonly allowance?: Allowance
  /** Every step that was started, interrupted ones too. */
  readonly steps: readonly Step[]
  readonly end?: { readonly outcome: TurnOutcome; readonly at: Millis; readonly fault?: EventFault }
}
export type Step = {
  readonly step: StepId
  readonly inputs: readonly Input[]
  readonly provider: string
  readonly model: string
  readonly reserved?: Spend
  readonly last?: LimitName
  readonly end?: StepEnd
  readonly calls: readonly Call[]
}
export type StepEnd = {
  readonly outcome: StepFinished['outcome']
  readonly parts: readonly AnswerPart[]
  readonly stop?: StopReason
  readonly usage?: Usage
  readonly spent?: Spend
  readonly fault?: EventFault
}
export type Call = {
  readonly call: CallId
  readonly name: string
  readonly argsText: string
  /** The final arguments, where they differ from `argsText`. */
  readonly args?: JsonObject
  readonly status: CallStatus
}
export type CallStatus =
  | { readonly type: 'called' }
  | { readonly type: 'asked'; readonly safety: SafetyClass }
  | { readonly type: 'questioned'; readonly question: string; readonly parts: readonly ContentPart[] }
  | { readonly type: 'approved' }
  | { readonly type: 'denied' }
  | { readonly type: 'answered'; readonly parts: readonly ContentPart[] }
  | { readonly type: 'started'; readonly epoch: number }
  | { readonly type: 'finished'; readonly outcome: ToolOutcome; readonly parts: readonly ContentPart[] }

/** The step that the open turn is in, finished or not. */
export const lastStep = (turn: Turn): Step | undefined => turn.steps.at(-1)

/** The first call, in order, that has no result yet: later ones wait for it. */
export const nextCall = (step: Step): Call | undefined => step.calls.find((call) => call.status.type !== 'finished')

/** What the open turn waits for from people, if it can do nothing else. */
export function waitingFor(state: SessionState): Call | undefined {
  if (state.open === undefined || state.open.cancelRequested) return undefined
  const step = lastStep(state.open)
  const call = step?.end && nextCall(step)
  return call && (call.status.type === 'asked' || call.status.type === 'questioned') ? call : undefined
}

/** Whether an engine has anything to do here. */
export const hasWork = (state: SessionState): boolean =>
  state.open === undefined ? state.queue.length > 0 : waitingFor(state) === undefined
