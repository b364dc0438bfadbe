export { systemWorld } from '@nacre/kit'
export type {
  Call,
  CallStatus,
  DroppedInput,
  EventFault,
  Input,
  LiftedEvent,
  Live,
  LiveArgs,
  LiveStep,
  Notice,
  SessionEvent,
  SessionState,
  Step,
  StepEnd,
  ToolOutcome,
  Transcript,
  TransientEvent,
  Turn,
  TurnOutcome,
} from '@nacre/session'
export {
  applyItem,
  busyUntil,
  EMPTY_TRANSCRIPT,
  fold,
  isUnknown,
  lastStep,
  lift,
  nextCall,
  waitingFor,
} from '@nacre/session'
export type {
  AnswerPart,
  ApprovalScope,
  CallId,
  Commands,
  CommandType,
  ContentPart,
  FaultCode,
  GatewayErrorCode,
  InputId,
  Isolation,
  LogItem,
  Replies,
  SafetyClass,
  SendMode,
  Seq,
  SessionId,
  SessionSummary,
  StandingApproval,
  StepId,
  StoredEvent,
  TurnId,
  UserId,
  World,
} from '@nacre/types'
export { callId, Fault, inputId, sessionId, stepId, turnId, userId } from '@nacre/types'
export { type ClientOptions, createClient } from './client.js'
export { connectionPair, type PairEnd } from './pair.js'
export type { Asked, Client, Connection, ConnectionStatus, Dial, Refusal, SessionItem } from './port.js'
export { GatewayRefusal } from './refusal.js'
