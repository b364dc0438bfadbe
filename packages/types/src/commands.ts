import type { BlobHash, Seq, SessionId } from './ids.js'
import type { ContentPart } from './part.js'

/** `queue`: after what runs. `steer`: into the turn that runs, at its next step. `reject`: only if nothing runs or waits. */
export type SendMode = 'queue' | 'steer' | 'reject'

/** `once`: this call. `session`, `always`: the same tool with the same arguments again, in this session or in any of the user's. */
export const APPROVAL_SCOPES = ['once', 'session', 'always'] as const
export type ApprovalScope = (typeof APPROVAL_SCOPES)[number]

/** A payload with nothing in it. */
export type Empty = Readonly<Record<never, never>>

/** Commands by type, without their request id. What stands above each is in docs/protocol.md too. */
export type Commands = {
  /** The first frame of a connection, and only that: it says who asks, and proves it. */
  hello: {
    /** The version that the client speaks. */
    protocol_version: number
    /** The secret of this launch of the daemon. */
    token: string
    /** The name that the log will show. */
    client: string
  }
  /** Follows a session. Events come after the reply; a second one of the same session replaces the first. */
  subscribe: {
    session: SessionId
    /** The last event that the client has; 0 is from the beginning. */
    after: Seq
  }
  /** Follows a session no more. */
  unsubscribe: { session: SessionId }
  /** Says something in a session. */
  send: {
    session: SessionId
    /** The client's key of this input; the turn that it starts has this id. */
    input: string
    parts: readonly ContentPart[]
    mode: SendMode
  }
  /** Cancels what runs or what waits. */
  cancel: {
    session: SessionId
    command: string
    /** A turn, or an input that is queued; without it the open turn is meant, or else the input that is next. */
    turn?: string
  }
  /** Cancels what runs in any session, and withdraws what waits. */
  cancel_all: { command: string }
  /** Allows a call that waits for it. */
  approve: {
    session: SessionId
    command: string
    call: string
    /** The one of the request that was seen. */
    hash: string
    scope: ApprovalScope
  }
  /** Refuses a call that waits for an approval. */
  deny: {
    session: SessionId
    command: string
    call: string
    /** The one of the request that was seen. */
    hash: string
  }
  /** Answers a question of the agent. */
  answer: { session: SessionId; command: string; question: string; parts: readonly ContentPart[] }
  /** Says who answers from the next turn that starts on; it names an agent, a model or both. */
  select: {
    session: SessionId
    command: string
    /** One of the hello's `agents`. */
    agent?: string
    /** One of `list_agents`, as `provider/model`. */
    model?: string
  }
  /** Lets a turn of its own sum up what was said so far. */
  compact: { session: SessionId; input: string }
  /** Begins a session. Sent again it is the same one, until something else happens in it. */
  create_session: {
    /** Made by the client. */
    session: SessionId
    title?: string
    /** One of the hello's `agents`; without it `default`. */
    agent?: string
  }
  /** Lists sessions. */
  list_sessions: {
    /** With `true` the archived ones too, which are left out otherwise. */
    archived?: boolean
  }
  /** Finds the one session that is meant. */
  find_session: {
    /** An id, the beginning of one, or a whole title. */
    prefix: string
  }
  /** Copies a session into a new one; what was open there is closed in the copy. */
  fork_session: {
    session: SessionId
    /** The new one's id, made by the client. */
    target: SessionId
    /** The last event that is copied. */
    up_to: Seq
  }
  /** Gives a session another title. */
  rename_session: { session: SessionId; command: string; title: string }
  /** Puts a session into the archive, or brings it back. */
  archive_session: { session: SessionId; command: string; archived: boolean }
  /** Takes a session and its delegates away for good; refused while a turn of theirs is open or waits. */
  delete_session: { session: SessionId }
  /** Reads whole turns, the newest ones first. */
  history: {
    session: SessionId
    /** The `before` of a page: asks for the one before it. */
    before?: Seq
    /** How many at most; they are fewer where they are long. */
    turns: number
  }
  /** Sends a piece of a blob. */
  put_blob: {
    /** The client's key of this blob. */
    upload: string
    /** Where the piece begins: where the reply before it said, first 0. */
    offset: number
    data: string
    /** True with the last piece. */
    done: boolean
  }
  /** Fetches a piece of any blob of the user's log. */
  get_blob: { hash: BlobHash; offset: number }
  /** Lists what is approved for all sessions. */
  list_approvals: Empty
  /** Takes back what is approved for all sessions. */
  revoke_approval: { command: string; hash: string }
  /** Lists who may answer. */
  list_agents: Empty
  /** Asks what a session has used, and what is left of its limits. */
  session_usage: { session: SessionId }
  /** Asks how the gateway is. */
  health: Empty
}
export type CommandType = keyof Commands
