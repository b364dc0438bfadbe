export { apply, EMPTY_SESSION, fold } from './apply.js'
export { checkpointBytes, fromCheckpoint, NO_CHECKPOINT } from './checkpoint.js'
export {
  type ApprovalExpired,
  type ApprovalRequested,
  type ApprovalResolved,
  type BudgetGranted,
  type BudgetSettled,
  type Delegate,
  type DeliveryFinished,
  EVENT_CLASS,
  type EventClass,
  type EventFault,
  type EventType,
  eventVersion,
  type InputMode,
  type LimitName,
  type NewSessionEvent,
  type NoticePosted,
  type Parent,
  type PrefixSet,
  type QuestionAnswered,
  type QuestionAsked,
  type SessionArchived,
  type SessionClaimed,
  type SessionCompacted,
  type SessionCreated,
  type SessionDeleted,
  type SessionEvent,
  type SessionForked,
  type SessionRenamed,
  type SessionSelected,
  type StepFinished,
  type StepStarted,
  type ToolFinished,
  type ToolOutcome,
  type ToolStarted,
  type TurnCancelRequested,
  type TurnFinished,
  type TurnOutcome,
  type TurnQueued,
  type TurnStarted,
} from './event.js'
export { closeFork } from './fork.js'
export { headOf } from './head.js'
export { EMPTY_LEDGER, foldLedger, type Grant, type Ledger, leftOf } from './ledger.js'
export { isUnknown, type LiftedEvent, lift, type UnknownEvent, type Upcasters } from './lift.js'
export {
  type ArgsDelta,
  isTransient,
  type Live,
  type LiveArgs,
  type LiveStep,
  liveStored,
  liveTransient,
  type ReasoningDelta,
  type StepSnapshot,
  type TextDelta,
  type ToolProgress,
  type TransientEvent,
} from './live.js'
export { pageBuilder, type TurnPage } from './page.js'
export { fits, plus, spentBySession, spentByTurn, ZERO } from './spend.js'
export {
  busyUntil,
  type Call,
  type CallStatus,
  type Compaction,
  type DroppedInput,
  expiryOf,
  GOAL,
  hasWork,
  type Input,
  isDue,
  lastStep,
  type Notice,
  nextCall,
  type Selection,
  type SessionState,
  type Step,
  type StepEnd,
  selectionOf,
  type Turn,
  waitingFor,
} from './state.js'
export { sessionOf } from './stream.js'
export { summaryOf } from './summary.js'
export { applyItem, EMPTY_TRANSCRIPT, type Transcript } from './transcript.js'
export { addUse, applyUses, NO_USE, NO_USES, type Use, type UseRow, type Uses } from './uses.js'
