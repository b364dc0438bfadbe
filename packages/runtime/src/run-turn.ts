import {
  type Call,
  lastStep,
  type NewSessionEvent,
  nextCall,
  type SessionState,
  selectionOf,
  type TurnOutcome,
} from '@nacre/session'
import type { Millis, TurnId } from '@nacre/types'
import { approvalRequested, approvedHash, hashOfCall, verdictOf } from './approval.js'
import { callModel } from './call-model.js'
import { checkpoint } from './checkpoint.js'
import { coverOf } from './cover.js'
import { type Decision, decide, type RefusedBy, type Rules } from './decide.js'
import { delegateOf } from './delegate.js'
import { createDraft, type Draft, type TurnStream } from './draft.js'
import { prefixOf } from './prefix.js'
import { prepareCall, reconcile, runCalls, toolFinished, toolStarted, unknownOutcome } from './tool-step.js'
import type { Run, TurnInput } from './turn-input.js'

export type TurnEnd =
  | { readonly type: 'finished'; readonly turn: TurnId; readonly outcome: TurnOutcome; readonly state: SessionState }
  /** Nothing can go on until somebody answers about `call`; then run the turn again from the fold. */
  | { readonly type: 'waiting'; readonly call: Call; readonly state: SessionState }
  /** No model has room before `until`; then run the turn again from the fold. */
  | { readonly type: 'paused'; readonly until: Millis; readonly state: SessionState }
  /** There is nothing to do, or another agent or model was selected before the turn had begun: then run it with that one. */
  | { readonly type: 'idle'; readonly state: SessionState }

/**
 * Carries the next input (or the turn that a crash or an approval left open) to its final answer. Yields each event
 * once; `break` abandons: children are aborted and awaited, nothing more is recorded.
 */
export async function* runTurn(input: TurnInput): TurnStream<TurnEnd> {
  const draft = createDraft(input.state, input.ports.world.now)
  const rules = rulesOf(input)
  for (;;) {
    // Selected since we were called, and nothing has begun: whoever called us knows the other agent.
    if (isForAnother(draft.view(), input.state)) return { type: 'idle', state: draft.view() }
    const decision = decide(draft.view(), rules, input.ports.world.now(), input.signal.aborted)
    const end = yield* act(decision, draft, { ...input, epoch: draft.view().epoch })
    if (end) return end
  }
}

function isForAnother(now: SessionState, before: SessionState): boolean {
  if (now.open !== undefined) return false
  const [a, b] = [selectionOf(now), selectionOf(before)]
  return a.agent !== b.agent || a.model !== b.model
}

function rulesOf({ agent, ports }: TurnInput): Rules {
  const prefixBytes = prefixOf(agent).bytes.length
  return {
    maxSteps: agent.limits.maxSteps,
    verdict: (call, state) => verdictOf(prepareCall(agent, call), state, agent.policy, ports.approvals),
    isPure: (call) => (agent.registry.get(call.name)?.replay ?? 'pure') === 'pure',
    cover: (state, inputs) => coverOf(state, inputs, agent.limits, prefixBytes),
  }
}

async function* act(decision: Decision, draft: Draft, run: Run): TurnStream<TurnEnd | undefined> {
  switch (decision.type) {
    case 'idle':
      return { type: 'idle', state: draft.view() }
    case 'close-step':
      return void draft.ride({ type: 'step.finished', step: decision.step, outcome: 'interrupted', parts: [] })
    case 'open':
      return void (yield* draft.record({ type: 'turn.started', turn: decision.turn }))
    case 'call-model':
    case 'compact':
      return yield* callModel(decision, draft, run)
    case 'checkpoint':
      return yield* checkpoint(decision.step, draft, run)
    case 'call-tools':
      return yield* callTools(decision.calls, draft, run)
    case 'settle':
      return yield* settle(decision.call, draft, run)
    case 'ask':
      return void (yield* draft.record(...decision.calls.flatMap((call) => requested(call, run))))
    case 'expire':
      return void (yield* draft.record({ type: 'approval.expired', call: decision.call.call }))
    case 'refuse':
      return void draft.ride(refused(decision.call, decision.by))
    case 'take-answer':
      return void draft.ride(answered(decision.call))
    case 'wait':
      if (draft.riding()) return void (yield* draft.record())
      await startDelegates(draft.view(), run)
      return { type: 'waiting', call: decision.call, state: draft.view() }
    case 'wait-until':
      if (draft.riding()) return void (yield* draft.record())
      return { type: 'paused', until: decision.until, state: draft.view() }
    case 'finish':
      return yield* finish(decision, draft, run)
    default:
      return decision satisfies never
  }
}

async function* callTools(calls: readonly Call[], draft: Draft, run: Run): TurnStream<undefined> {
  const changed = calls.filter((call) => isChanged(call, run))
  if (changed.length > 0) return void draft.ride(...changed.map((call) => refused(call, 'changed')))
  await keepApprovals(calls, run)
  if (!(yield* draft.record(...calls.map((call) => toolStarted(call, run.epoch))))) return
  const { finished, asked } = yield* runCalls(calls, { ...run, state: draft.view() })
  draft.ride(...finished)
  if (asked.length > 0) yield* draft.record(...asked)
}

/** An approval holds for the arguments that were seen, and for no others. */
function isChanged(call: Call, { agent }: Run): boolean {
  const approved = approvedHash(call)
  const prepared = prepareCall(agent, call)
  return approved !== undefined && prepared.type === 'ready' && hashOfCall(prepared) !== approved
}

async function keepApprovals(calls: readonly Call[], { ports }: Run): Promise<void> {
  for (const { status, name, argsText } of calls)
    if (status.type === 'approved' && status.scope === 'always')
      await ports.approvals?.add({ hash: status.hash, name, argsText })
}

function requested(call: Call, { agent, ports }: Run): readonly NewSessionEvent[] {
  const prepared = prepareCall(agent, call)
  const expiresAt = ports.world.now() + agent.limits.approvalMs
  return prepared.type === 'ready' ? [approvalRequested(call, prepared, expiresAt)] : []
}

const openCalls = (state: SessionState): readonly Call[] => {
  const step = state.open && lastStep(state.open)
  return step && nextCall(step) ? step.calls.filter((call) => call.status.type !== 'finished') : []
}

/** Every time that the turn comes to wait: whatever a crash has kept from being started is started now. */
async function startDelegates(state: SessionState, { session, ports }: Run): Promise<void> {
  for (const call of openCalls(state)) {
    const delegate = delegateOf(call, { session, state })
    if (delegate) await ports.delegates?.start(delegate)
  }
}

/** A call that was started before a crash is settled by its replay class; no side effect happens twice. */
async function* settle(call: Call, draft: Draft, run: Run): TurnStream<undefined> {
  const replay = run.agent.registry.get(call.name)?.replay ?? 'never'
  if (replay === 'never') return void draft.ride(unknownOutcome(call))
  if (replay === 'reconcile') {
    const found = await reconcile(call, run)
    if (found !== 'not_started') return void draft.ride(found)
  }
  const { policy } = run.agent
  if (verdictOf(prepareCall(run.agent, call), draft.view(), policy) !== 'deny')
    return yield* callTools([call], draft, run)
  draft.ride(replay === 'idempotent' ? unknownOutcome(call) : refused(call, 'policy'))
}

async function* finish(
  decision: Extract<Decision, { type: 'finish' }>,
  draft: Draft,
  { session, ports }: Run,
): TurnStream<TurnEnd | undefined> {
  const { turn, outcome, fault } = decision
  const state = draft.view()
  for (const call of openCalls(state)) {
    const delegate = delegateOf(call, { session, state })
    if (delegate) await ports.delegates?.cancel(delegate.session)
  }
  draft.ride(...openCalls(state).map(interrupted))
  const accepted = yield* draft.record({ type: 'turn.finished', turn, outcome, ...(fault && { fault }) })
  return accepted ? { type: 'finished', turn, outcome, state: draft.view() } : undefined
}

const interrupted = (call: Call) =>
  toolFinished(call, 'interrupted', [{ type: 'text', text: 'Cancelled by the user before it was done.' }])

const refused = (call: Call, by: RefusedBy | 'changed') =>
  toolFinished(call, 'denied', [{ type: 'text', text: REFUSALS[by](call.name) }])

const REFUSALS: Readonly<Record<RefusedBy | 'changed', (name: string) => string>> = {
  user: () => 'The user denied this call.',
  expiry: () => 'Nobody answered in time, so this call counts as denied.',
  policy: (name) => `The policy does not allow ${name} here.`,
  limit: (name) => `A limit is reached, so ${name} was not called.`,
  changed: (name) => `${name} was not called: its arguments are not the ones that were approved.`,
}

function answered(call: Call): NewSessionEvent {
  const { status } = call
  if (status.type !== 'answered') return toolFinished(call, 'error', [])
  const { turn, parts } = status
  return toolFinished(call, turn === undefined || turn.outcome === 'completed' ? 'ok' : 'error', parts)
}
