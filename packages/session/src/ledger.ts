import type { Allowance, Seq, SessionId, Spend, StoredEvent, TurnId } from '@nacre/types'
import type { ApprovalResolved } from './event.js'
import type { LiftedEvent } from './lift.js'
import { isUnknown } from './lift.js'
import { plus, ZERO } from './spend.js'

/**
 * A user's ledger as its events say it is: what each day has given away, the grants that are not settled yet, and what the
 * user has approved for all sessions.
 */
export type Ledger = {
  readonly seq: Seq
  /** Settled grants count what was spent, open ones their whole slice. */
  readonly days: Readonly<Record<string, Spend>>
  readonly open: readonly Grant[]
  /** By the hash of the call. */
  readonly approvals: ReadonlyMap<string, ApprovalResolved & StoredEvent>
}
export type Grant = { readonly session: SessionId; readonly turn: TurnId; readonly day: string; readonly slice: Spend }

export const EMPTY_LEDGER: Ledger = { seq: 0, days: {}, open: [], approvals: new Map() }

/** What is approved is copied once a fold, not once an event: there may be thousands. */
export function foldLedger(events: readonly LiftedEvent[], from: Ledger = EMPTY_LEDGER): Ledger {
  if (events.length === 0) return from
  const approvals: Approved = new Map(from.approvals)
  return events.reduce<Ledger>((ledger, event) => applyLedger(ledger, event, approvals), { ...from, approvals })
}

type Approved = Map<string, ApprovalResolved & StoredEvent>

function applyLedger(ledger: Ledger, event: LiftedEvent, approvals: Approved): Ledger {
  const next = { ...ledger, seq: event.seq }
  if (isUnknown(event)) return next
  if (event.type === 'budget.granted') {
    if (ledger.open.some((known) => isFor(known, event))) return next
    const { session, turn, day, slice } = event
    return { ...next, days: changed(ledger, day, slice), open: [...ledger.open, { session, turn, day, slice }] }
  }
  if (event.type === 'approval.resolved') {
    approvals.delete(event.hash)
    if (event.verdict === 'approved') approvals.set(event.hash, event)
    return next
  }
  if (event.type !== 'budget.settled') return next
  const known = ledger.open.find((grant) => isFor(grant, event))
  if (known === undefined) return next
  const back = {
    microUsd: event.spent.microUsd - known.slice.microUsd,
    tokens: event.spent.tokens - known.slice.tokens,
  }
  return { ...next, days: changed(ledger, known.day, back), open: ledger.open.filter((grant) => grant !== known) }
}

/** Turn ids are the clients' own, and unique in their session only. */
const isFor = (grant: Grant, to: { readonly session: SessionId; readonly turn: TurnId }) =>
  grant.session === to.session && grant.turn === to.turn

const changed = ({ days }: Ledger, day: string, by: Spend) => ({ ...days, [day]: plus(days[day] ?? ZERO, by) })

/** What a day still has to give, of each kind that `limit` names; never below zero. */
export function leftOf(ledger: Ledger, day: string, limit: Allowance): Allowance {
  const gone = ledger.days[day] ?? ZERO
  return {
    ...(limit.microUsd !== undefined && { microUsd: Math.max(0, limit.microUsd - gone.microUsd) }),
    ...(limit.tokens !== undefined && { tokens: Math.max(0, limit.tokens - gone.tokens) }),
  }
}
