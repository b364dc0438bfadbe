import type {
  Allowance,
  AnswerPart,
  ApprovalScope,
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
import type {
  Delegate,
  EventFault,
  LimitName,
  Parent,
  QuestionAnswered,
  StepFinished,
  ToolOutcome,
  TurnOutcome,
} from './event.js'
import type { Seen } from './seen.js'

/** A conversation as its events say it is. Two folds of the same events are equal; `apply` makes a new one. */
export type SessionState = {
  readonly seq: Seq
  readonly title: string
  readonly agent: string
  readonly createdAt: Millis
  /** Left out of lists, until something is sent to it. */
  readonly archived?: true
  /** Nothing that comes after counts. */
  readonly deleted?: true
  readonly epoch: number
  readonly prefix?: BlobHash
  /** For a delegate: whose. */
  readonly parent?: Parent
  /** True once the parent has a delegate's answer. */
  readonly delivered: boolean
  /** Hashes of calls that this session need not ask about again. */
  readonly approved: readonly string[]
  /** What stands for the oldest part of the conversation in a model's context. */
  readonly compaction?: Compaction
  /** Of the turns that were finished up to here, `turns` has only those that a context still tells: 0 unless the fold began at a checkpoint. */
  readonly base: Seq
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

/** Everything up to and including `step` is told to a model as these facts, word for word, and this summary. */
export type Compaction = { readonly step: StepId; readonly pins: readonly string[]; readonly summary: string }

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
  /** A step that sums up; what it says is told to the model later, and to nobody else. */
  readonly compacts?: StepId
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
  /** What its delegate cost, or may cost as long as it works. */
  readonly spent?: Spend
  readonly status: CallStatus
}
export type CallStatus =
  | { readonly type: 'called' }
  | { readonly type: 'asked'; readonly safety: SafetyClass; readonly hash: string; readonly expiresAt?: Millis }
  | {
      readonly type: 'questioned'
      readonly question: string
      readonly parts: readonly ContentPart[]
      readonly choices?: readonly string[]
      readonly delegate?: Delegate
    }
  | { readonly type: 'approved'; readonly hash: string; readonly scope: ApprovalScope }
  | { readonly type: 'denied'; readonly by: 'user' | 'expiry' }
  | { readonly type: 'answered'; readonly parts: readonly ContentPart[]; readonly turn?: QuestionAnswered['turn'] }
  | { readonly type: 'started'; readonly epoch: number }
  | { readonly type: 'finished'; readonly outcome: ToolOutcome; readonly parts: readonly ContentPart[] }

/** The step that the open turn is in, finished or not. */
export const lastStep = (turn: Turn): Step | undefined => turn.steps.at(-1)

/** The first call, in order, that has no result yet: later ones wait for it. */
export const nextCall = (step: Step): Call | undefined => step.calls.find((call) => call.status.type !== 'finished')

/** What the open turn waits for from somebody else, if it can do nothing else. */
export function waitingFor(state: SessionState): Call | undefined {
  if (state.open === undefined || state.open.cancelRequested) return undefined
  const step = lastStep(state.open)
  const call = step?.end && nextCall(step)
  return call && (call.status.type === 'asked' || call.status.type === 'questioned') ? call : undefined
}

/** When nobody may answer any more what the open turn waits for. */
export function expiryOf(call: Call): Millis | undefined {
  return call.status.type === 'asked' ? call.status.expiresAt : undefined
}

/** The id of the one input that a delegate is made with, and so of the turn whose answer its parent waits for. */
export const GOAL = 'goal'

/** Whether a delegate has done what it was made for, and its parent does not know yet. */
export const isDue = ({ parent, delivered, queue, open }: SessionState): boolean =>
  parent !== undefined &&
  !delivered &&
  (open?.turn as string | undefined) !== GOAL &&
  !queue.some((input) => (input.input as string) === GOAL)

/** When the open turn's model can be asked again, if that has to be waited for. */
export function busyUntil({ open }: SessionState): Millis | undefined {
  const end = open && !open.cancelRequested ? lastStep(open)?.end : undefined
  return end?.outcome === 'interrupted' ? end.fault?.until : undefined
}

/** Whether an engine has anything to do here at `now`. */
export function hasWork(state: SessionState, now: Millis): boolean {
  if (state.deleted) return false
  if (state.open === undefined) return state.queue.length > 0 || isDue(state)
  const until = busyUntil(state)
  if (until !== undefined) return until <= now
  const call = waitingFor(state)
  return call === undefined || (expiryOf(call) ?? Number.POSITIVE_INFINITY) <= now
}
