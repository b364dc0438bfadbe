import type {
  ApprovalScope,
  BlobHash,
  BlobPart,
  Commands,
  CommandType,
  ContentPart,
  GatewayErrorCode,
  LogItem,
  Replies,
  SendMode,
  Seq,
  SessionId,
  SessionSummary,
  StandingApproval,
} from '@nacre/types'

/** One live connection that carries text frames in order. `messages` ends when the connection does. */
export type Connection = {
  send(frame: string): void
  readonly messages: AsyncIterable<string>
  close(): void
}
/** Opens a connection, or throws a Fault `unavailable` that says what is not reachable and how to mend it. */
export type Dial = () => Promise<Connection>

/** What the gateway refused, with its code. */
export type Refusal = {
  readonly code: GatewayErrorCode
  readonly message: string
  readonly mend?: string
  readonly retryable: boolean
}

export type ConnectionStatus =
  | { readonly type: 'connecting'; readonly attempt: number; readonly why?: string }
  | { readonly type: 'connected'; readonly hello: Replies['hello'] }
  | { readonly type: 'closed' }

/** What happens in a watched session: every stored event exactly once and in order, whatever the connection does. */
export type SessionItem = LogItem | { readonly kind: 'connection'; readonly status: ConnectionStatus }

export type Asked = { readonly call: string; readonly hash: string }

export interface Client {
  readonly status: ConnectionStatus
  /** Resolves with the gateway's hello once connected for the first time; throws a Fault when it is refused. */
  connected(): Promise<Replies['hello']>
  /**
   * Stored events after `after`, then what comes; ends when the signal aborts, the client is closed, or behind
   * `session.deleted`. Reconnects by itself and goes on at its cursor; who was away while the session was deleted is told
   * `session_not_found`.
   */
  watch(session: SessionId, options: { after: Seq; signal: AbortSignal }): AsyncIterable<SessionItem>
  /** One command and its reply. Commands carry their own keys, so one whose reply was lost is simply sent again. */
  request<T extends CommandType>(type: T, payload: Commands[T]): Promise<Replies[T]>
  /** Sends a message of the user; resolves when it is on disk. */
  send(
    session: SessionId,
    parts: string | readonly ContentPart[],
    options?: { mode?: SendMode; input?: string },
  ): Promise<{ input: string; seq: Seq }>
  cancel(session: SessionId, turn?: string): Promise<void>
  cancelAll(): Promise<number>
  /** `asked` is the request that was seen: its call, and the hash of what would run. */
  approve(session: SessionId, asked: Asked, scope?: ApprovalScope): Promise<void>
  deny(session: SessionId, asked: Asked): Promise<void>
  answer(session: SessionId, question: string, text: string): Promise<void>
  createSession(options?: { title?: string; agent?: string; session?: SessionId }): Promise<SessionSummary>
  /** The last changed first; without `archived` only those that are not in the archive. */
  sessions(options?: { archived?: boolean }): Promise<readonly SessionSummary[]>
  /** The one session whose id begins with `prefix` (or whose title is exactly it); a refusal says if there is none or more. */
  find(prefix: string): Promise<SessionSummary>
  fork(session: SessionId, upTo: Seq): Promise<SessionSummary>
  rename(session: SessionId, title: string): Promise<void>
  /** Takes a session out of the lists, or brings it back; so does what is sent to it. */
  archive(session: SessionId, archived?: boolean): Promise<void>
  /**
   * Deletes a session and its delegates for good; resolves when their bytes are gone. A refusal `session_busy` says that a
   * turn of theirs is open or waits.
   */
  remove(session: SessionId): Promise<void>
  /** Sends bytes (at most 20 MiB); resolves, when they are on disk, with the part that names them. One after the other. */
  putBlob(bytes: Uint8Array, about: { mediaType: string; preview: string }): Promise<BlobPart>
  /** The bytes that a part names; a refusal `blob_not_found` where there are none. */
  getBlob(hash: BlobHash): Promise<Uint8Array>
  /** What the user has approved for all sessions. */
  approvals(): Promise<readonly StandingApproval[]>
  revoke(hash: string): Promise<void>
  history(session: SessionId, options: { turns: number; before?: Seq }): Promise<Replies['history']>
  close(): Promise<void>
}
