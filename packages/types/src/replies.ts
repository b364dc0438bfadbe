import type { CommandType, Empty } from './commands.js'
import type { BlobHash, Seq, SessionId, UserId } from './ids.js'
import type { Modality } from './provider.js'

/** One session as a list shows it. */
export type SessionSummary = {
  readonly session: SessionId
  readonly title: string
  readonly agent: string
  /** Where one was selected in place of the agent's own: `provider/model`. */
  readonly model?: string
  readonly status: 'idle' | 'queued' | 'running' | 'waiting'
  readonly seq: Seq
  /** Milliseconds since 1970. */
  readonly created_at: number
  /** Milliseconds since 1970. */
  readonly updated_at: number
  /** The session whose delegate this one is. */
  readonly parent?: SessionId
  /** Left out of lists unless they are asked for it; what is sent to it brings it back. */
  readonly archived?: true
  /** So the last turn has ended; until the next one starts. */
  readonly failed?: true
}

/** What may be spent at most, of each kind that is limited. */
export type SpendLimit = { readonly limit_micro_usd?: number; readonly limit_tokens?: number }
/** A limit and what is gone of it: with delegates, and with what is reserved while nobody knows more. */
export type SpendSoFar = SpendLimit & { readonly spent_micro_usd: number; readonly spent_tokens: number }

/** An agent that a session may have. */
export type AgentSummary = {
  readonly name: string
  readonly description: string
  /** `provider/model` that is asked first, unless another is selected. */
  readonly model: string
  readonly context_tokens: number
  readonly max_output_tokens: number
  /** Its own limits; a day is the user's. */
  readonly budget: { readonly call?: SpendLimit; readonly turn?: SpendLimit; readonly session?: SpendLimit }
  /** Models of the list that it must not be answered by. */
  readonly refuses?: readonly string[]
}

/** A model that may be selected. Prices and what it can be shown are left out where nobody knows them. */
export type ModelSummary = {
  /** As `provider/model`. */
  readonly model: string
  readonly context_tokens: number
  readonly input_usd_per_mtok?: number
  readonly output_usd_per_mtok?: number
  readonly inputs?: readonly Modality[]
}

/** What a session has used, without its delegates and what a fork has copied. Numbers that nobody knows are left out. */
export type SessionUsage = {
  /** Up to this event. */
  readonly seq: Seq
  readonly calls: number
  readonly input_tokens: number
  readonly cache_read_tokens: number
  readonly output_tokens: number
  /** Left out where no price of what was asked is known. */
  readonly cost_micro_usd?: number
  /** Calls whose tokens nobody counted: in the cost they stand with all that was reserved for them. */
  readonly uncounted_calls: number
  /** Calls that are not in the cost, for nobody knows their price. */
  readonly unpriced_calls: number
  /** `turn` while one is open; `day` where it is limited. */
  readonly budget: { readonly turn?: SpendSoFar; readonly session?: SpendSoFar; readonly day?: SpendSoFar }
}

/** A tool with arguments that the user has approved for all sessions. */
export type StandingApproval = {
  readonly hash: string
  readonly name: string
  readonly args_text: string
  /** Milliseconds since 1970. */
  readonly approved_at: number
}

/** What is enforced around the agent, in words that every face shows. */
export type Isolation = {
  readonly tier: 'process' | 'container' | 'microvm'
  readonly sealed: boolean
  readonly words: readonly string[]
}

/** The command is on disk. */
type OnDisk = {
  /** Where in the log the command is. */
  seq: Seq
}

/** Replies by the type of their command. */
export type Replies = {
  hello: {
    protocol_version: number
    user: UserId
    /** Name and version. */
    server: string
    isolation: Isolation
    /** The one that answers where none is selected, as `provider/model`. */
    model: string
    /** Where the workspace is, as tools see it. */
    workspace: string
    /** What `create_session` may name. */
    agents: readonly string[]
  }
  subscribe: Empty
  unsubscribe: Empty
  send: OnDisk
  cancel: OnDisk
  cancel_all: {
    /** How many sessions were not idle. */
    cancelled: number
  }
  approve: OnDisk
  deny: OnDisk
  answer: OnDisk
  select: OnDisk
  compact: OnDisk
  create_session: { session: SessionSummary }
  list_sessions: {
    /** The last changed first, at most 1,000. */
    sessions: readonly SessionSummary[]
  }
  find_session: { session: SessionSummary }
  fork_session: { session: SessionSummary }
  rename_session: OnDisk
  archive_session: OnDisk
  /** Nothing of it is left. */
  delete_session: Empty
  history: {
    /** Of whole turns, oldest first, and the inputs that they name. */
    events: readonly unknown[]
    /** Asks for the page before this one, if there is one. */
    before?: Seq
  }
  put_blob: {
    /** What is here by now. */
    size_bytes: number
    /** Comes with the last piece: the blob is on disk. */
    hash?: BlobHash
  }
  get_blob: {
    /** At most one piece, as base64; empty at the end of the blob. */
    data: string
    /** Of the whole blob. */
    size_bytes: number
  }
  list_approvals: {
    /** The newest 1,000. */
    approvals: readonly StandingApproval[]
  }
  revoke_approval: OnDisk
  list_agents: { agents: readonly AgentSummary[]; models: readonly ModelSummary[] }
  session_usage: SessionUsage
  health: {
    healthy: boolean
    /** How late the gateway's event loop is. */
    event_loop_delay_ms: number
    /** How many there are, archived ones and delegates too. */
    sessions: number
    isolation: Isolation
    model: string
  }
}

/** What any command is answered with. */
export type Reply = Replies[CommandType]
