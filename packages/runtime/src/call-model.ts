import { fold, type LimitName, type NewSessionEvent, type SessionState, type StepStarted, ZERO } from '@nacre/session'
import { type Allowance, type GenerateRequest, type Spend, stepId, type TurnId } from '@nacre/types'
import { budgetFault, limitReached, reservationOf } from './budget.js'
import { contextOf } from './context.js'
import type { Decision } from './decide.js'
import { type Draft, stamped, type TurnStream } from './draft.js'
import { eventFault, modelStep } from './model-step.js'
import { bytesOf, hashOf, loadPrefix, prefixOf } from './prefix.js'
import type { Run } from './turn-input.js'

/** A wrap-up says what was found, and no more. */
const WRAP_UP_TOKENS = 1024

/** A step that is about to be started: what is recorded first, then asked; or why it may not be. */
type Plan = {
  readonly events: readonly NewSessionEvent[]
  readonly request: GenerateRequest | { readonly refused: NewSessionEvent }
}

/** Records the step with its reservation, then calls the model. */
export async function* callModel(
  decision: Extract<Decision, { type: 'call-model' }>,
  draft: Draft,
  run: Run,
): TurnStream<undefined> {
  const plan = await planStep(decision, draft.view(), run)
  if (!(yield* draft.record(...plan.events))) return
  const { request } = plan
  const started = plan.events.at(-1) as StepStarted
  draft.ride('refused' in request ? request.refused : yield* modelStep(started.step, request, run.agent, run.signal))
}

async function planStep(
  { turn, opens, inputs, last }: Extract<Decision, { type: 'call-model' }>,
  state: SessionState,
  run: Run,
): Promise<Plan> {
  const { agent, ports } = run
  const slice = opens ? await ports.grants?.grant(turn) : undefined
  const opening = opens ? await opened(turn, slice, state, run) : []
  const started: StepStarted = {
    type: 'step.started',
    turn,
    step: stepId(`${turn}.${(state.open?.steps.length ?? 0) + 1}`),
    inputs: inputs.map((input) => input.input),
    provider: agent.provider.name,
    model: agent.model,
  }
  const refusal = (limit: LimitName): Plan => ({
    events: [...opening, { ...started, reserved: ZERO }],
    request: {
      refused: {
        type: 'step.finished',
        step: started.step,
        outcome: 'failed',
        parts: [],
        spent: ZERO,
        fault: budgetFault(limit),
      },
    },
  })
  // The request as it will be once the step stands in the log: only then is it known what it can cost.
  const then = fold(stamped([...opening, started], state, ports.world.now()), state)
  try {
    const whole = await requestOf(then, agent.limits.maxOutputTokens, run)
    const reached = last ? 'steps' : limitReached(then, agent.limits.budget, reserve(whole, run))
    if (reached && !hasAnswers(state)) return refusal(reached)
    const request = reached ? wrappingUp(whole) : whole
    const step = { ...started, reserved: reserve(request, run), ...(reached && { last: reached }) }
    return { events: [...opening, step], request }
  } catch (error) {
    const refused = {
      type: 'step.finished',
      step: started.step,
      outcome: 'failed',
      parts: [],
      fault: eventFault(error),
    } as const
    return { events: [...opening, started], request: { refused } }
  }
}

const hasAnswers = (state: SessionState) => state.open?.steps.some((step) => step.end?.outcome === 'completed') ?? false

/** The prefix may change only here, between turns. */
async function opened(
  turn: TurnId,
  slice: Allowance | undefined,
  state: SessionState,
  { agent, ports }: Run,
): Promise<NewSessionEvent[]> {
  const started: NewSessionEvent = {
    type: 'turn.started',
    turn,
    ...(slice && { allowance: slice }),
  }
  const prefix = prefixOf(agent)
  const hash = hashOf(prefix)
  if (state.prefix === hash) return [started]
  await ports.blobs.put(bytesOf(prefix))
  const reason = state.prefix === undefined ? 'first turn' : 'prompt or tools of the agent changed'
  return [started, { type: 'prefix.set', hash, reason }]
}

async function requestOf(
  state: SessionState,
  maxOutputTokens: number,
  { agent, ports }: Run,
): Promise<GenerateRequest> {
  const prefix = state.prefix ? await loadPrefix(state.prefix, agent, ports.blobs) : prefixOf(agent)
  const messages = contextOf(state, agent.limits, bytesOf(prefix).length)
  return { model: agent.model, system: prefix.system, messages, tools: prefix.tools, maxOutputTokens }
}

/** The tools stay, for vendors want them beside the calls of the history, and the prefix must not change in a turn. */
const wrappingUp = (request: GenerateRequest): GenerateRequest => ({
  ...request,
  toolChoice: 'none',
  maxOutputTokens: Math.min(request.maxOutputTokens ?? WRAP_UP_TOKENS, WRAP_UP_TOKENS),
})

function reserve({ system, messages, tools, maxOutputTokens = 0 }: GenerateRequest, { agent }: Run): Spend {
  return reservationOf(Buffer.byteLength(JSON.stringify([system, messages, tools])), maxOutputTokens, agent.price)
}
