import type {
  Allowance,
  AnswerPart,
  ApprovalScope,
  BlobHash,
  CallId,
  CommandId,
  ContentPart,
  FaultCode,
  InputId,
  JsonObject,
  Millis,
  ModelName,
  SafetyClass,
  SendMode,
  Seq,
  SessionId,
  Spend,
  StepId,
  StopReason,
  StoredEvent,
  TurnId,
  Usage,
} from '@nacre/types'

/** Why something ended badly, as it is told to people and models. `until`: then it is tried again. */
export type EventFault = {
  readonly code: FaultCode
  readonly message: string
  readonly mend?: string
  readonly until?: Millis
}

// Commands: somebody asks. Their ids are the client's keys: a second one with the same id is nothing.
export type TurnQueued = {
  readonly type: 'turn.queued'
  readonly input: InputId
  readonly parts: readonly ContentPart[]
  readonly mode: SendMode
  readonly by: string
}
/** Without `turn` it means the open turn, or else the input that is next. */
export type TurnCancelRequested = {
  readonly type: 'turn.cancel_requested'
  readonly command: CommandId
  readonly turn?: TurnId
  readonly by: string
}
/**
 * `hash` is the one of the request that was seen: an approval of other arguments is nothing. `session` and `always` hold for
 * the same tool with the same arguments, in this session or in all of the user's. In the ledger it is a standing approval,
 * and `denied` takes it back.
 */
export type ApprovalResolved = {
  readonly type: 'approval.resolved'
  readonly command: CommandId
  readonly call: CallId
  readonly hash: string
  readonly verdict: 'approved' | 'denied'
  readonly scope: ApprovalScope
  readonly by: string
  /** In the ledger: what was approved, for people to read. */
  readonly about?: { readonly name: string; readonly argsText: string }
}
export type QuestionAnswered = {
  readonly type: 'question.answered'
  readonly command: CommandId
  readonly question: string
  readonly parts: readonly ContentPart[]
  readonly by: string
  /** From a delegate: how its turn ended, and what it cost. */
  readonly turn?: { readonly outcome: TurnOutcome; readonly spent: Spend }
}

export type SessionRenamed = {
  readonly type: 'session.renamed'
  readonly title: string
  readonly by: string
  readonly command: CommandId
}
/** A flag: lists leave an archived session out. What is sent to it brings it back. */
export type SessionArchived = {
  readonly type: 'session.archived'
  readonly archived: boolean
  readonly by: string
  readonly command: CommandId
}

// Decisions: an engine commits to act, given everything before. Stale ones are dropped and decided again.
export type SessionClaimed = { readonly type: 'session.claimed'; readonly epoch: number; readonly engine: string }
export type PrefixSet = { readonly type: 'prefix.set'; readonly hash: BlobHash; readonly reason: string }
/** `allowance` is the slice of the user's budget that the turn was granted. */
export type TurnStarted = { readonly type: 'turn.started'; readonly turn: TurnId; readonly allowance?: Allowance }
export type StepStarted = {
  readonly type: 'step.started'
  readonly turn: TurnId
  readonly step: StepId
  /** The inputs that take effect here. */
  readonly inputs: readonly InputId[]
  readonly provider: string
  readonly model: string
  /** The most that the call can cost; it counts as spent until the step says what it was. */
  readonly reserved?: Spend
  /** This limit is reached: the step wraps up, without tools. */
  readonly last?: LimitName
  /** The step sums up everything up to and including this one; what it says is no answer to the user. */
  readonly compacts?: StepId
}
export type LimitName = 'steps' | 'call' | 'turn' | 'session' | 'day'
/** `args`, here and in approval.requested, are the final arguments where they differ from what the model wrote. */
export type ToolStarted = {
  readonly type: 'tool.started'
  readonly call: CallId
  readonly name: string
  readonly args?: JsonObject
  readonly epoch: number
}
/** `hash` is of the tool's name and the final arguments. From `expiresAt` on it is as good as denied. */
export type ApprovalRequested = {
  readonly type: 'approval.requested'
  readonly call: CallId
  readonly name: string
  readonly args?: JsonObject
  readonly hash: string
  readonly safety: SafetyClass
  readonly expiresAt?: Millis
}
export type ApprovalExpired = { readonly type: 'approval.expired'; readonly call: CallId }
/** A call that asks the user, or a delegate: then `question` is the session that will answer. */
export type QuestionAsked = {
  readonly type: 'question.asked'
  readonly question: string
  readonly call: CallId
  readonly parts: readonly ContentPart[]
  readonly choices?: readonly string[]
  readonly delegate?: Delegate
}
/** `allowance` is the delegate's slice of the turn's own; it counts as spent until the delegate says what it was. */
export type Delegate = { readonly agent: string; readonly allowance?: Allowance }
/**
 * A checkpoint: the blob `state` is the fold up to and including `upTo`, without the finished turns that it covers. In the
 * context of a model, `pins` and `summary` stand for everything up to and including `step`.
 */
export type SessionCompacted = {
  readonly type: 'session.compacted'
  readonly upTo: Seq
  readonly state: BlobHash
  readonly step: StepId
  readonly pins: readonly string[]
  readonly summary: string
}
export type TurnFinished = {
  readonly type: 'turn.finished'
  readonly turn: TurnId
  readonly outcome: TurnOutcome
  readonly fault?: EventFault
}
export type TurnOutcome = 'completed' | 'cancelled' | 'budget_exceeded' | 'failed'

// Outcomes: true whatever came before.
export type SessionCreated = {
  readonly type: 'session.created'
  readonly title: string
  readonly agent: string
  readonly parent?: Parent
}
/** Whose delegate a session is: it answers `call` of `session`, `depth` sessions below `root`, which a person began. */
export type Parent = {
  readonly session: SessionId
  readonly call: CallId
  readonly root: SessionId
  readonly depth: number
  readonly allowance?: Allowance
}
/** The answer to a turn has arrived at `to`. */
export type DeliveryFinished = { readonly type: 'delivery.finished'; readonly turn: TurnId; readonly to: SessionId }
/** Nothing after it counts; the log then takes away what was before it. */
export type SessionDeleted = { readonly type: 'session.deleted'; readonly by: string }
export type SessionForked = { readonly type: 'session.forked'; readonly from: SessionId; readonly upTo: Seq }
export type StepFinished = {
  readonly type: 'step.finished'
  readonly step: StepId
  /** `interrupted` and `failed` steps said nothing: their partial text is withdrawn. `cancelled` ones keep it. */
  readonly outcome: 'completed' | 'interrupted' | 'cancelled' | 'failed'
  readonly parts: readonly AnswerPart[]
  readonly stop?: StopReason
  readonly usage?: Usage
  readonly spent?: Spend
  /** Who answered, where the step's provider is made of several. */
  readonly by?: ModelName
  readonly fault?: EventFault
}
export type ToolFinished = {
  readonly type: 'tool.finished'
  readonly call: CallId
  /** `unknown`: it was started, and nobody can tell whether it happened. */
  readonly outcome: ToolOutcome
  readonly parts: readonly ContentPart[]
}
export type ToolOutcome = 'ok' | 'error' | 'denied' | 'interrupted' | 'unknown'
export type NoticePosted = { readonly type: 'notice.posted'; readonly level: 'info' | 'warning'; readonly text: string }

// The user's ledger, a stream of its own. A grant is known by its session and turn: granted again after a crash it is
// the same grant.
export type BudgetGranted = {
  readonly type: 'budget.granted'
  readonly session: SessionId
  readonly turn: TurnId
  /** `2026-11-21`, in UTC. */
  readonly day: string
  readonly slice: Spend
}
export type BudgetSettled = {
  readonly type: 'budget.settled'
  readonly session: SessionId
  readonly turn: TurnId
  readonly spent: Spend
}

/** An event as its maker writes it; the log adds seq, at and v. */
export type NewSessionEvent =
  | SessionCreated
  | SessionRenamed
  | SessionArchived
  | SessionDeleted
  | SessionForked
  | SessionClaimed
  | PrefixSet
  | TurnQueued
  | TurnCancelRequested
  | TurnStarted
  | TurnFinished
  | StepStarted
  | StepFinished
  | ToolStarted
  | ToolFinished
  | ApprovalRequested
  | ApprovalResolved
  | ApprovalExpired
  | SessionCompacted
  | DeliveryFinished
  | QuestionAsked
  | QuestionAnswered
  | NoticePosted
  | BudgetGranted
  | BudgetSettled
export type SessionEvent = NewSessionEvent & StoredEvent
export type EventType = NewSessionEvent['type']

/** What an event is to whoever appends it: a stale decision is dropped, an outcome is appended again. */
export type EventClass = 'command' | 'decision' | 'outcome'
export const EVENT_CLASS: Readonly<Record<EventType, EventClass>> = {
  'session.created': 'outcome',
  'session.renamed': 'command',
  'session.archived': 'command',
  'session.deleted': 'outcome',
  'session.forked': 'outcome',
  'session.claimed': 'decision',
  'session.compacted': 'decision',
  'prefix.set': 'decision',
  'turn.queued': 'command',
  'turn.cancel_requested': 'command',
  'turn.started': 'decision',
  'turn.finished': 'decision',
  'step.started': 'decision',
  'step.finished': 'outcome',
  'tool.started': 'decision',
  'tool.finished': 'outcome',
  'approval.requested': 'decision',
  'approval.resolved': 'command',
  'approval.expired': 'decision',
  'question.asked': 'decision',
  'question.answered': 'command',
  'delivery.finished': 'outcome',
  'notice.posted': 'outcome',
  'budget.granted': 'decision',
  'budget.settled': 'outcome',
}

/** The version of each event's shape that this code writes. */
export const eventVersion = (type: string): number => VERSIONS[type] ?? 1
const VERSIONS: Readonly<Record<string, number>> = { 'approval.requested': 2, 'approval.resolved': 2 }
