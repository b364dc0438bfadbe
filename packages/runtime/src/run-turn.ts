import {
  type Call,
  lastStep,
  type NewSessionEvent,
  nextCall,
  type SessionState,
  type StepFinished,
  type TurnOutcome,
} from '@nacre/session'
import { judge } from '@nacre/tool'
import { type GenerateRequest, type SessionId, type StepId, stepId, type TurnId } from '@nacre/types'
import type { Agent, TurnPorts } from './agent.js'
import { contextOf } from './context.js'
import { type Decision, decide, type Rules } from './decide.js'
import { createDraft, type Draft, type TurnStream } from './draft.js'
import { eventFault, modelStep } from './model-step.js'
import { bytesOf, hashOf, loadPrefix, prefixOf } from './prefix.js'
import {
  prepareCall,
  reconcile,
  runCalls,
  type ToolRun,
  toolFinished,
  toolStarted,
  unknownOutcome,
} from './tool-step.js'

export type TurnInput = {
  readonly session: SessionId
  /** The fold of the session's log, to its end. */
  readonly state: SessionState
  readonly agent: Agent
  readonly ports: TurnPorts
  /** The only thing that cancels: finished results and partial text stay, what is open closes as interrupted. */
  readonly signal: AbortSignal
}

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

type Run = TurnInput & ToolRun

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

async function* callModel(
  decision: Extract<Decision, { type: 'call-model' }>,
  draft: Draft,
  run: Run,
): TurnStream<undefined> {
  const { turn, inputs } = decision
  const step = stepId(`${turn}.${(draft.view().open?.steps.length ?? 0) + 1}`)
  const opening = decision.opens ? await opened(turn, draft.view(), run) : []
  const { name: provider } = run.agent.provider
  const started: NewSessionEvent = {
    type: 'step.started',
    turn,
    step,
    inputs: inputs.map((input) => input.input),
    provider,
    model: run.agent.model,
  }
  if (!(yield* draft.record(...opening, started))) return
  const request = await requestOf(draft.view(), decision.tools, step, run)
  draft.ride('type' in request ? request : yield* modelStep(step, request, run.agent, run.signal))
}

/** The prefix may change only here, between turns. */
async function opened(turn: TurnId, state: SessionState, { agent, ports }: Run): Promise<NewSessionEvent[]> {
  const prefix = prefixOf(agent)
  const hash = hashOf(prefix)
  if (state.prefix === hash) return [{ type: 'turn.started', turn }]
  await ports.blobs.put(bytesOf(prefix))
  const reason = state.prefix === undefined ? 'first turn' : 'prompt or tools of the agent changed'
  return [
    { type: 'turn.started', turn },
    { type: 'prefix.set', hash, reason },
  ]
}

async function requestOf(
  state: SessionState,
  tools: boolean,
  step: StepId,
  { agent, ports }: Run,
): Promise<GenerateRequest | StepFinished> {
  try {
    const prefix = state.prefix ? await loadPrefix(state.prefix, agent, ports.blobs) : prefixOf(agent)
    const { maxOutputTokens } = agent.limits
    const messages = contextOf(state, agent.limits)
    return { model: agent.model, system: prefix.system, messages, tools: tools ? prefix.tools : [], maxOutputTokens }
  } catch (error) {
    return { type: 'step.finished', step, outcome: 'failed', parts: [], fault: eventFault(error) }
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

const refused = (call: Call, by: 'policy' | 'user') =>
  toolFinished(call, 'denied', [
    {
      type: 'text',
      text: by === 'user' ? 'The user denied this call.' : `The policy does not allow ${call.name} here.`,
    },
  ])

const answered = (call: Call) => toolFinished(call, 'ok', call.status.type === 'answered' ? call.status.parts : [])
