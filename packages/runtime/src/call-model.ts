import { fold, type LimitName, type NewSessionEvent, type SessionState, type StepStarted, ZERO } from '@nacre/session'
import { Fault, type GenerateRequest, type Spend, stepId } from '@nacre/types'
import { budgetFault, limitReached } from './budget.js'
import { compactionMessages, SUMMARY_TOKENS } from './compaction.js'
import { BYTES_PER_TOKEN, contextOf, jsonBytes, roomOf } from './context.js'
import type { Decision } from './decide.js'
import { type Draft, stamped, type TurnStream } from './draft.js'
import { mediaTokens, withMedia } from './media.js'
import { eventFault, modelStep } from './model-step.js'
import { openingOf } from './opening.js'
import { loadPrefix, prefixOf } from './prefix.js'
import { reservationOf } from './price.js'
import type { Run } from './turn-input.js'

/** A wrap-up says what was found, and no more. */
const WRAP_UP_TOKENS = 1024

type Call = Extract<Decision, { type: 'call-model' | 'compact' }>

/** A step that is about to be started: what is recorded first, then asked; or why it may not be. */
type Plan = {
  readonly events: readonly NewSessionEvent[]
  readonly request: GenerateRequest | { readonly refused: NewSessionEvent }
}

/** A request, and how many bytes of text it is; what media count is another matter. */
type Sized = { readonly request: GenerateRequest; readonly bytes: number }

/** Records the step with its reservation, then calls the model. What sums up is not shown as it is said. */
export async function* callModel(decision: Call, draft: Draft, run: Run): TurnStream<undefined> {
  const plan = await planStep(decision, draft.view(), run)
  if (!(yield* draft.record(...plan.events))) return
  const { request } = plan
  const started = plan.events.at(-1) as StepStarted
  if ('refused' in request) return void draft.ride(request.refused)
  const step = modelStep(started.step, request, run.agent, { now: run.ports.world.now, signal: run.signal })
  draft.ride(decision.type === 'compact' ? await unshown(step) : yield* step)
}

async function unshown<End>(step: AsyncGenerator<unknown, End>): Promise<End> {
  for (;;) {
    const next = await step.next()
    if (next.done) return next.value
  }
}

async function planStep(decision: Call, state: SessionState, run: Run): Promise<Plan> {
  const { agent, ports } = run
  const opening = decision.opens ? await openingOf(decision.turn, state, run) : []
  const started: StepStarted = {
    type: 'step.started',
    turn: decision.turn,
    step: stepId(`${decision.turn}.${(state.open?.steps.length ?? 0) + 1}`),
    inputs: decision.type === 'compact' ? [] : decision.inputs.map((input) => input.input),
    provider: agent.provider.name,
    model: agent.model,
    ...(decision.type === 'compact' && { compacts: decision.upTo }),
  }
  const refusal = (fault: ReturnType<typeof eventFault>): Plan => ({
    events: [...opening, { ...started, reserved: ZERO }],
    request: {
      refused: { type: 'step.finished', step: started.step, outcome: 'failed', parts: [], spent: ZERO, fault },
    },
  })
  // The request as it will be once the step stands in the log: only then is it known what it can cost.
  const then = fold(stamped([...opening, started], state, ports.world.now()), state)
  try {
    const whole = decision.type === 'compact' ? await summingUp(then, decision.upTo, run) : await requestOf(then, run)
    const reached = reachedBy(decision, then, reserve(whole, run), run)
    if (reached && (decision.type === 'compact' || !hasAnswers(state))) return refusal(budgetFault(reached))
    const request = reached ? wrappingUp(whole.request) : whole.request
    const reserved = reserve({ ...whole, request }, run)
    const step = { ...started, reserved, ...(reached && { last: reached }) }
    return { events: [...opening, step], request }
  } catch (error) {
    return refusal(eventFault(error))
  }
}

const reachedBy = (decision: Call, then: SessionState, reserved: Spend, { agent }: Run): LimitName | undefined =>
  decision.type === 'call-model' && decision.last ? 'steps' : limitReached(then, agent.limits.budget, reserved)

const hasAnswers = (state: SessionState) =>
  state.open?.steps.some((step) => step.end?.outcome === 'completed' && !step.compacts) ?? false

const prefixIn = async (state: SessionState, { agent, ports }: Run) =>
  state.prefix ? await loadPrefix(state.prefix, agent, ports.blobs) : prefixOf(agent)

async function requestOf(state: SessionState, run: Run): Promise<Sized> {
  const { model, limits, inputs } = run.agent
  const prefix = await prefixIn(state, run)
  const told = contextOf(state)
  const room = roomOf(limits, prefix.bytes.length)
  const bytes = jsonBytes(told)
  if (bytes > room) throw tooLarge(bytes, room)
  const messages = await withMedia(told, room - bytes, run.agent, run.ports.blobs)
  const { system, tools } = prefix
  const { maxOutputTokens } = limits
  return {
    request: { model, system, messages, tools, maxOutputTokens, ...(inputs && { inputs }) },
    bytes: prefix.bytes.length + bytes,
  }
}

/** Prompt and tools stay, so that what a vendor has cached of the conversation is used once more. */
async function summingUp(state: SessionState, upTo: StepStarted['step'], run: Run): Promise<Sized> {
  const { model, limits } = run.agent
  const { system, tools, bytes } = await prefixIn(state, run)
  const room = roomOf(limits, bytes.length)
  const messages = compactionMessages(state, upTo, room)
  if (messages === undefined) throw tooLarge(jsonBytes(contextOf(state)), room)
  const maxOutputTokens = Math.min(SUMMARY_TOKENS, limits.maxOutputTokens)
  return {
    request: { model, system, messages, tools, toolChoice: 'none', maxOutputTokens },
    bytes: bytes.length + jsonBytes(messages),
  }
}

const tooLarge = (bytes: number, room: number) =>
  new Fault(
    'limit_exceeded',
    `What has to be told is about ${Math.ceil(bytes / BYTES_PER_TOKEN)} tokens; the model's context has room for about ${Math.max(0, Math.floor(room / BYTES_PER_TOKEN))} beside prompt, tools and answer.`,
    { mend: 'Put long text into a file of the workspace and name the file, or raise the context limit in agent.toml.' },
  )

/** The tools stay, for vendors want them beside the calls of the history, and the prefix must not change in a turn. */
const wrappingUp = (request: GenerateRequest): GenerateRequest => ({
  ...request,
  toolChoice: 'none',
  maxOutputTokens: Math.min(request.maxOutputTokens ?? WRAP_UP_TOKENS, WRAP_UP_TOKENS),
})

function reserve({ request: { messages, maxOutputTokens = 0 }, bytes }: Sized, { agent }: Run): Spend {
  return reservationOf(bytes + mediaTokens(messages) * BYTES_PER_TOKEN, maxOutputTokens, agent.price)
}
