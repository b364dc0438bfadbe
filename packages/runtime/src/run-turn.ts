import {
  type Call,
  lastStep,
  type NewSessionEvent,
  nextCall,
  type SessionState,
  type TurnOutcome,
} from '@nacre/session'
import { judge } from '@nacre/tool'
import type { TurnId } from '@nacre/types'
import type { Agent } from './agent.js'
import { callModel } from './call-model.js'
import { type Decision, decide, type RefusedBy, type Rules } from './decide.js'
import { createDraft, type Draft, type TurnStream } from './draft.js'
import { prepareCall, reconcile, runCalls, toolFinished, toolStarted, unknownOutcome } from './tool-step.js'
import type { Run, TurnInput } from './turn-input.js'

export type TurnEnd =
  | { readonly type: 'finished'; readonly turn: TurnId; readonly outcome: TurnOutcome; readonly state: SessionState }
  /** Nothing can go on until somebody answers about `call`; then run the turn again from the fold. */
  | { readonly type: 'waiting'; readonly call: Call; readonly state: SessionState }
  | { readonly type: 'idle'; readonly state: SessionState }

/**
 * Carries the next input (or the turn that a crash or an approval left open) to its final answer. Yields each event
 * once; `break` abandons: children are aborted and awaited, nothing more is recorded.
 */
export async function* runTurn(input: TurnInput): TurnStream<TurnEnd> {
  const draft = createDraft(input.state, input.ports.world.now)
  const rules = rulesOf(input.agent)
  for (;;) {
    const decision = decide(draft.view(), rules, input.signal.aborted)
    const end = yield* act(decision, draft, { ...input, epoch: draft.view().epoch })
    if (end) return end
  }
}

const rulesOf = (agent: Agent): Rules => ({
  maxSteps: agent.limits.maxSteps,
  verdict: (call) => {
    const prepared = prepareCall(agent, call)
    return prepared.type === 'ready' ? judge(agent.policy, prepared.tool) : 'allow'
  },
  isPure: (call) => (agent.registry.get(call.name)?.replay ?? 'pure') === 'pure',
})

async function* act(decision: Decision, draft: Draft, run: Run): TurnStream<TurnEnd | undefined> {
  switch (decision.type) {
    case 'idle':
      return { type: 'idle', state: draft.view() }
    case 'close-step':
      return void draft.ride({ type: 'step.finished', step: decision.step, outcome: 'interrupted', parts: [] })
    case 'call-model':
      return yield* callModel(decision, draft, run)
    case 'call-tools':
      return yield* callTools(decision.calls, draft, run)
    case 'settle':
      return yield* settle(decision.call, draft, run)
    case 'ask':
      return void (yield* draft.record(...decision.calls.map((call) => approvalRequested(call, run))))
    case 'refuse':
      return void draft.ride(refused(decision.call, decision.by))
    case 'take-answer':
      return void draft.ride(answered(decision.call))
    case 'wait':
      if (!draft.riding()) return { type: 'waiting', call: decision.call, state: draft.view() }
      return void (yield* draft.record())
    case 'finish':
      return yield* finish(decision, draft)
    default:
      return decision satisfies never
  }
}

async function* callTools(calls: readonly Call[], draft: Draft, run: Run): TurnStream<undefined> {
  if (!(yield* draft.record(...calls.map((call) => toolStarted(call, run.epoch))))) return
  draft.ride(...(yield* runCalls(calls, run)))
}

/** A call that was started before a crash is settled by its replay class; no side effect happens twice. */
async function* settle(call: Call, draft: Draft, run: Run): TurnStream<undefined> {
  const replay = run.agent.registry.get(call.name)?.replay ?? 'never'
  if (replay === 'never') return void draft.ride(unknownOutcome(call))
  if (replay === 'reconcile') {
    const found = await reconcile(call, run)
    if (found !== 'not_started') return void draft.ride(found)
  }
  return yield* callTools([call], draft, run)
}

async function* finish(decision: Extract<Decision, { type: 'finish' }>, draft: Draft): TurnStream<TurnEnd | undefined> {
  const { turn, outcome, fault } = decision
  draft.ride(...openCalls(draft.view()).map(interrupted))
  const accepted = yield* draft.record({ type: 'turn.finished', turn, outcome, ...(fault && { fault }) })
  return accepted ? { type: 'finished', turn, outcome, state: draft.view() } : undefined
}

function openCalls(state: SessionState): readonly Call[] {
  const step = state.open && lastStep(state.open)
  return step && nextCall(step) ? step.calls.filter((call) => call.status.type !== 'finished') : []
}

const interrupted = (call: Call) =>
  toolFinished(call, 'interrupted', [{ type: 'text', text: 'Cancelled by the user before it was done.' }])

const approvalRequested = (call: Call, { agent }: Run): NewSessionEvent => ({
  type: 'approval.requested',
  call: call.call,
  name: call.name,
  safety: agent.registry.get(call.name)?.safety ?? 'privileged',
})

const refused = (call: Call, by: RefusedBy) =>
  toolFinished(call, 'denied', [{ type: 'text', text: REFUSALS[by](call.name) }])

const REFUSALS: Readonly<Record<RefusedBy, (name: string) => string>> = {
  user: () => 'The user denied this call.',
  policy: (name) => `The policy does not allow ${name} here.`,
  limit: (name) => `A limit is reached, so ${name} was not called.`,
}

const answered = (call: Call) => toolFinished(call, 'ok', call.status.type === 'answered' ? call.status.parts : [])
