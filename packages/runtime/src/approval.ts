import { createHash } from 'node:crypto'
import type { Call, NewSessionEvent, SessionState } from '@nacre/session'
import { judge, type Policy, type Prepared, type Verdict } from '@nacre/tool'
import type { Json, Millis } from '@nacre/types'

/** What a user has approved once and for all: a tool with the same arguments, in any session. */
export interface Approvals {
  has(hash: string): boolean
  /** Keeps it; a second time is nothing. */
  add(approval: { hash: string; name: string; argsText: string }): Promise<void>
}

type Ready = Extract<Prepared, { type: 'ready' }>

/** Names a tool and its final arguments: hex SHA-256 of their JSON with sorted keys. */
export const hashOfCall = ({ tool, args }: Ready): string =>
  createHash('sha256')
    .update(JSON.stringify([tool.name, sorted(args)]))
    .digest('hex')

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}

/** Who is asked once does not ask again for the same; what the policy denies stays denied. */
export function verdictOf(prepared: Prepared, state: SessionState, policy: Policy, standing?: Approvals): Verdict {
  if (prepared.type === 'refused') return 'allow' // It will not run, and its model is told why.
  const verdict = judge(policy, prepared.tool)
  if (verdict !== 'ask') return verdict
  const hash = hashOfCall(prepared)
  return state.approved.includes(hash) || standing?.has(hash) ? 'allow' : 'ask'
}

export function approvalRequested(call: Call, prepared: Ready, expiresAt: Millis): NewSessionEvent {
  return {
    type: 'approval.requested',
    call: call.call,
    name: call.name,
    hash: hashOfCall(prepared),
    safety: prepared.tool.safety,
    expiresAt,
  }
}

/** What an approved call was approved as. */
export const approvedHash = ({ status }: Call): string | undefined =>
  status.type === 'approved' ? status.hash : undefined
