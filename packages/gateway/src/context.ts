import {
  type AgentSummary,
  type Allowance,
  type Head,
  type Isolation,
  LEDGER,
  type Log,
  type Millis,
  type ModelSummary,
  type SessionId,
  streamName,
  type UserId,
} from '@nacre/types'
import type { Fetched } from './fetched.js'
import { type Outcome, refuse } from './refusal.js'
import type { Upload } from './upload.js'

/** What one gateway tells about itself, in its hello and its health. */
type Facts = {
  readonly server: string
  readonly isolation: Isolation
  readonly model: string
  readonly workspace: string
  readonly agents: readonly string[]
}
/** Who may answer, and what may be spent. */
export type Offers = {
  readonly agents: readonly AgentSummary[]
  readonly models: readonly ModelSummary[]
  readonly day: Allowance
}
/** What a command is done with: one user's sessions, for one client. */
export type Context = {
  readonly log: Log
  readonly user: UserId
  readonly now: () => Millis
  readonly client: string
  readonly facts: Facts
  readonly offers: Offers
  readonly maxSessions: number
  readonly loopDelayMs: () => number
  /** The blobs that this client is sending and fetching. */
  readonly upload: Upload
  readonly fetched: Fetched
}

/** The session's head, or nothing: whatever is not under this user's name does not exist. */
export async function findHead({ log, user }: Context, session: SessionId): Promise<Head | undefined> {
  return await log.head(streamName(user, session))
}

/** Of all sessions, the last changed first, or of the first `limit`; with `archived: false` of none that is archived. */
export async function allHeads(
  { log, user }: Context,
  limit?: number,
  which: { readonly archived?: false } = {},
): Promise<readonly Head[]> {
  const ledger = streamName(user, LEDGER)
  // One more, for the ledger may be among them.
  const heads = await log.heads(`${user}/`, limit === undefined ? which : { ...which, limit: limit + 1 })
  return heads.filter((head) => head.stream !== ledger).slice(0, limit)
}

/** The ledger is a stream of the user too, but no session. */
export async function countSessions({ log, user }: Context): Promise<number> {
  const [streams, ledger] = await Promise.all([log.count(`${user}/`), log.head(streamName(user, LEDGER))])
  return ledger === undefined ? streams : streams - 1
}

/** The same words for every one that is not there, whether nobody has it or somebody else. */
export const NO_SESSION: Outcome<never> = refuse(
  'session_not_found',
  'There is no such session.',
  'List the sessions, or create one.',
)
