import type { CallId, Spend } from '@nacre/types'
import type { ApprovalRequested, ApprovalResolved, NewSessionEvent, QuestionAnswered, QuestionAsked } from './event.js'
import { type Call, type CallStatus, lastStep, type SessionState, type Step, type Turn } from './state.js'

// What events do to the calls of the open turn's last step: others cannot change any more.

const APPROVED = 256

/** Gives a call its next status, if it has one of those `from` which it can come to it. */
export function onCall(
  state: SessionState,
  id: CallId,
  from: readonly CallStatus['type'][] | 'any',
  status: CallStatus,
  final?: Extract<NewSessionEvent, { type: 'tool.started' | 'approval.requested' }>,
): SessionState {
  return onCalls(state, (call) => {
    const allowed = from === 'any' ? call.status.type !== 'finished' : from.includes(call.status.type)
    if (call.call !== id || !allowed) return call
    return { ...call, status, ...(final?.args && { args: final.args }) }
  })
}

export const asked = ({ safety, hash, expiresAt }: ApprovalRequested): CallStatus => ({
  type: 'asked',
  safety,
  hash,
  ...(expiresAt !== undefined && { expiresAt }),
})

/** An answer to other arguments than these, or one that comes too late, is nothing. */
export function approvalResolved(state: SessionState, event: ApprovalResolved & { at: number }): SessionState {
  const { call: id, hash, scope, verdict } = event
  const counts = (call: Call) =>
    call.call === id &&
    call.status.type === 'asked' &&
    call.status.hash === hash &&
    event.at < (call.status.expiresAt ?? Number.POSITIVE_INFINITY)
  const open = state.open && lastStep(state.open)?.calls.some(counts)
  if (!open) return state
  const status: CallStatus = verdict === 'approved' ? { type: 'approved', hash, scope } : { type: 'denied', by: 'user' }
  const kept =
    verdict === 'approved' && scope === 'session' ? [...state.approved, hash].slice(-APPROVED) : state.approved
  return { ...onCalls(state, (call) => (counts(call) ? { ...call, status } : call)), approved: kept }
}

export function questionAsked(state: SessionState, event: QuestionAsked): SessionState {
  const { call, question, parts, choices, delegate } = event
  const status: CallStatus = {
    type: 'questioned',
    question,
    parts,
    ...(choices && { choices }),
    ...(delegate && { delegate }),
  }
  const next = onCall(state, call, ['called', 'started'], status)
  return delegate ? onCalls(next, (other) => (other.call === call ? withSpent(other, sliceOf(delegate)) : other)) : next
}

const sliceOf = ({ allowance }: NonNullable<QuestionAsked['delegate']>): Spend => ({
  microUsd: allowance?.microUsd ?? 0,
  tokens: allowance?.tokens ?? 0,
})

const withSpent = (call: Call, spent: Spend): Call =>
  call.status.type === 'questioned' && call.spent === undefined ? { ...call, spent } : call

/** What a delegate was asked only the delegate answers: it says how its turn ended, and what it cost. */
export function questionAnswered(state: SessionState, { question, parts, turn }: QuestionAnswered): SessionState {
  const counts = ({ status }: Call) =>
    status.type === 'questioned' &&
    status.question === question &&
    (status.delegate === undefined || turn !== undefined)
  return onCalls(state, (call) =>
    counts(call)
      ? {
          ...call,
          status: { type: 'answered', parts, ...(turn && { turn }) },
          ...(turn && { spent: turn.spent }),
        }
      : call,
  )
}

const onCalls = (state: SessionState, change: (call: Call) => Call) =>
  onLastStep(state, (step) => ({ ...step, calls: step.calls.map(change) }))

export function onLastStep(state: SessionState, change: (step: Step) => Step): SessionState {
  const step = state.open && lastStep(state.open)
  if (state.open === undefined || step === undefined) return state
  const open: Turn = { ...state.open, steps: [...state.open.steps.slice(0, -1), change(step)] }
  return { ...state, open }
}
