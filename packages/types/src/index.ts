export { APPROVAL_SCOPES, type ApprovalScope, type Commands, type CommandType, type SendMode } from './commands.js'
export { FAULT_CODES, Fault, type FaultCode, type Retry } from './fault.js'
export {
  type BlobHash,
  blobHash,
  type CallId,
  type CommandId,
  callId,
  commandId,
  type InputId,
  inputId,
  LEDGER,
  type Millis,
  type Seq,
  type SessionId,
  type StepId,
  type StreamName,
  sessionId,
  stepId,
  streamName,
  type TurnId,
  turnId,
  type UserId,
  userId,
} from './ids.js'
export {
  APPEND_LIMIT,
  type Appended,
  type Blobs,
  type Head,
  type HeadMemo,
  type Log,
  type LogItem,
  type NewEvent,
  PAGE_LIMIT,
  type Page,
  type Range,
  type StoredEvent,
  type Transient,
} from './log.js'
export type { Allowance, Price, PriceTier, Spend } from './money.js'
export {
  ANSWER_LIMIT_BYTES,
  type AnswerPart,
  type BlobPart,
  type CallPart,
  type ContentPart,
  type Json,
  type JsonObject,
  type MediaPart,
  type Message,
  PART_LIMIT_BYTES,
  type ReasoningPart,
  type ServerPart,
  type TextPart,
  type ToolResultPart,
  type Usage,
} from './part.js'
export {
  type ClientFrame,
  GATEWAY_ERROR_CODES,
  type GatewayErrorCode,
  PROTOCOL_LIMITS,
  PROTOCOL_VERSION,
  type ServerFrame,
} from './protocol.js'
export type {
  CacheUse,
  GenerateRequest,
  Modality,
  ModelEvent,
  ModelName,
  Provider,
  Reasoning,
  ReasoningEffort,
  StopReason,
  ToolSpec,
  VendorOptions,
} from './provider.js'
export type {
  AgentSummary,
  Isolation,
  ModelSummary,
  Replies,
  SessionSummary,
  SessionUsage,
  SpendLimit,
  SpendSoFar,
  StandingApproval,
} from './replies.js'
export { REPLAY_CLASSES, type ReplayClass, SAFETY_CLASSES, type SafetyClass } from './safety.js'
export type { ExecOptions, ExecResult, Fence, FileEntry, FileSlice, Workspace } from './workspace.js'
export type { World } from './world.js'
