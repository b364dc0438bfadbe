import type { BlobHash, Seq, SessionId, UserId } from './ids.js'
import type { LogItem } from './log.js'
import type { ContentPart } from './part.js'

/** Gateway protocol: every frame is `{ type, payload }`, JSON in a text message. */
export const PROTOCOL_VERSION = 2

export const PROTOCOL_LIMITS = {
  /** Before authentication; a client that sends more is closed. */
  handshakeBytes: 64 * 1024,
  handshakeMs: 5_000,
  frameBytes: 1024 * 1024,
  pingMs: 15_000,
  /** One piece of a blob, before base64. */
  pieceBytes: 512 * 1024,
  /** A blob that a client sends. */
  blobBytes: 20 * 1024 * 1024,
} as const

export type SendMode = 'queue' | 'steer' | 'reject'

/** What an approval is good for: this call, the same one again in this session, or in any of the user's. */
export const APPROVAL_SCOPES = ['once', 'session', 'always'] as const
export type ApprovalScope = (typeof APPROVAL_SCOPES)[number]

/** A payload with nothing in it. */
type Empty = Readonly<Record<never, never>>

/** Commands by type, without their request id. */
export type Commands = {
  hello: { protocol_version: number; token: string; client: string }
  subscribe: { session: SessionId; after: Seq }
  unsubscribe: { session: SessionId }
  send: { session: SessionId; input: string; parts: readonly ContentPart[]; mode: SendMode }
  cancel: { session: SessionId; command: string; turn?: string }
  cancel_all: { command: string }
  approve: { session: SessionId; command: string; call: string; hash: string; scope: ApprovalScope }
  deny: { session: SessionId; command: string; call: string; hash: string }
  answer: { session: SessionId; command: string; question: string; parts: readonly ContentPart[] }
  create_session: { session: SessionId; title?: string; agent?: string }
  /** `archived`: those too that were put into the archive. */
  list_sessions: { archived?: boolean }
  find_session: { prefix: string }
  fork_session: { session: SessionId; target: SessionId; up_to: Seq }
  rename_session: { session: SessionId; command: string; title: string }
  archive_session: { session: SessionId; command: string; archived: boolean }
  delete_session: { session: SessionId }
  history: { session: SessionId; before?: Seq; turns: number }
  /** One piece of a blob, as base64; `upload` is the client's key. With `done` it is the last one. */
  put_blob: { upload: string; offset: number; data: string; done: boolean }
  get_blob: { hash: BlobHash; offset: number }
  list_approvals: Empty
  revoke_approval: { command: string; hash: string }
  health: Empty
}
export type CommandType = keyof Commands

/** One session as a list shows it. */
export type SessionSummary = {
  readonly session: SessionId
  readonly title: string
  readonly agent: string
  readonly status: 'idle' | 'queued' | 'running' | 'waiting'
  readonly seq: Seq
  readonly created_at: number
  readonly updated_at: number
  /** The session whose delegate this one is. */
  readonly parent?: SessionId
  /** Left out of lists unless they are asked for it; what is sent to it brings it back. */
  readonly archived?: true
}

/** A tool with arguments that the user has approved for all sessions. */
export type StandingApproval = {
  readonly hash: string
  readonly name: string
  readonly args_text: string
  readonly approved_at: number
}

/** What is enforced around the agent, in words that every face shows. */
export type Isolation = {
  readonly tier: 'process' | 'container' | 'microvm'
  readonly sealed: boolean
  readonly words: readonly string[]
}

/** Replies by the type of their command. */
export type Replies = {
  hello: {
    protocol_version: number
    user: UserId
    server: string
    isolation: Isolation
    model: string
    workspace: string
    /** What `create_session` may name. */
    agents: readonly string[]
  }
  subscribe: Empty
  unsubscribe: Empty
  /** The command is on disk; `seq` is where. */
  send: { seq: Seq }
  cancel: { seq: Seq }
  cancel_all: { cancelled: number }
  approve: { seq: Seq }
  deny: { seq: Seq }
  answer: { seq: Seq }
  create_session: { session: SessionSummary }
  list_sessions: { sessions: readonly SessionSummary[] }
  find_session: { session: SessionSummary }
  fork_session: { session: SessionSummary }
  rename_session: { seq: Seq }
  archive_session: { seq: Seq }
  delete_session: Empty
  /** Whole turns, oldest first, and the inputs they name; `before` asks for the page before this one. */
  history: { events: readonly unknown[]; before?: Seq }
  /** `size_bytes` is what is here by now; `hash` comes with the last piece. */
  put_blob: { size_bytes: number; hash?: BlobHash }
  /** At most one piece, as base64, of a blob of `size_bytes`. */
  get_blob: { data: string; size_bytes: number }
  list_approvals: { approvals: readonly StandingApproval[] }
  revoke_approval: { seq: Seq }
  health: { healthy: boolean; event_loop_delay_ms: number; sessions: number; isolation: Isolation; model: string }
}

export const GATEWAY_ERROR_CODES = [
  'bad_frame',
  'unsupported_version',
  'unauthenticated',
  'session_not_found',
  'session_ambiguous',
  'session_exists',
  'session_limit',
  'session_busy',
  'agent_not_found',
  'approval_not_found',
  'question_not_found',
  'blob_not_found',
  'upload_out_of_order',
  'upload_busy',
  'input_too_large',
  'queue_full',
  'shutting_down',
  'internal',
] as const
export type GatewayErrorCode = (typeof GATEWAY_ERROR_CODES)[number]

export type ClientFrame = {
  [T in CommandType]: { type: T; payload: Commands[T] & { request_id: string } }
}[CommandType]
export type ServerFrame =
  | { type: 'reply'; payload: { request_id: string; result: Replies[CommandType] } }
  | {
      type: 'error'
      payload: {
        request_id?: string
        session?: SessionId
        code: GatewayErrorCode
        message: string
        mend?: string
        retryable: boolean
      }
    }
  | { type: 'event'; payload: { session: SessionId; item: LogItem } }
  /** The client was too slow: it lost what followed `after` and subscribes again from there. */
  | { type: 'resync_required'; payload: { session: SessionId } }
