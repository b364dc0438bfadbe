import {
  busyUntil,
  type Call,
  type EventFault,
  expiryOf,
  type Input,
  lastStep,
  nextCall,
  type SessionState,
  type Step,
  type Turn,
  type TurnOutcome,
} from '@nacre/session'
import type { Verdict } from '@nacre/tool'
import type { Millis, StepId, TurnId } from '@nacre/types'
import { turnId } from '@nacre/types'
import { budgetFault } from './budget.js'
import { wholeOf } from './cover.js'
import { stuckIn } from './stuck.js'

/** What to do next. Doing it is not decided here. */
export type Decision =
  | { readonly type: 'idle' }
  | { readonly type: 'close-step'; readonly step: StepId }
  | {
      readonly type: 'call-model'
      readonly turn: TurnId
      /** True when this step opens its turn. */
      readonly opens: boolean
      readonly inputs: readonly Input[]
      /** The turn has had all its steps: this one wraps up, without tools. */
      readonly last: boolean
    }
  /** A model call that sums up everything up to and including `upTo`: the next one would not fit, or it was asked for. */
  | { readonly type: 'compact'; readonly turn: TurnId; readonly opens: boolean; readonly upTo: StepId }
  /** Begins a turn that was only asked to sum up, where nothing is worth it. */
  | { readonly type: 'open'; readonly turn: TurnId }
  | { readonly type: 'checkpoint'; readonly step: CompactionStep }
  | { readonly type: 'call-tools'; readonly calls: readonly Call[] }
  | { readonly type: 'settle'; readonly call: Call }
  | { readonly type: 'ask'; readonly calls: readonly Call[] }
  | { readonly type: 'expire'; readonly call: Call }
  | { readonly type: 'refuse'; readonly call: Call; readonly by: RefusedBy }
  | { readonly type: 'take-answer'; readonly call: Call }
  | { readonly type: 'wait'; readonly call: Call }
  | { readonly type: 'wait-until'; readonly until: Millis }
  | { readonly type: 'finish'; readonly turn: TurnId; readonly outcome: TurnOutcome; readonly fault?: EventFault }

export type RefusedBy = 'policy' | 'user' | 'expiry' | 'limit'
export type CompactionStep = Step & { readonly compacts: StepId }

export type Rules = {
  readonly verdict: (call: Call, state: SessionState) => Verdict
  readonly isPure: (call: Call) => boolean
  readonly maxSteps: number
  /** The last step that has to be summed up before a call that takes `inputs` in, if there is one. */
  readonly cover: (state: SessionState, inputs: readonly Input[]) => StepId | undefined
}

/** So often in a row a step is tried that a model cut off, that no model had room for, that crashes cut off. */
const STEP_ATTEMPTS = { cut: 3, busy: 20, crashed: 20 } as const

/** So many calls are run, or asked about, at once. */
const SIDE_BY_SIDE = 16

/** Pure: the same state, rules, time and `cancelled` always give the same decision. */
export function decide(state: SessionState, rules: Rules, now: Millis, cancelled: boolean): Decision {
  const { open } = state
  if (open === undefined) return cancelled ? { type: 'idle' } : start(state, rules)
  const step = lastStep(open)
  if (step === undefined) return callModel(state, open, rules)
  if (step.end === undefined) return { type: 'close-step', step: step.step }
  if (cancelled || open.cancelRequested || step.end.outcome === 'cancelled') return finish(open, 'cancelled')
  const until = busyUntil(state)
  if (until !== undefined && until > now) return { type: 'wait-until', until }
  if (isCompaction(step)) return afterCompaction(state, open, step, rules)
  if (step.end.outcome !== 'completed') return afterFailure(state, open, step.end.fault, step.end.outcome, rules)
  const call = nextCall(step)
  return call ? onCall(state, step, call, rules, now) : afterCalls(state, open, step, rules)
}

function start(state: SessionState, rules: Rules): Decision {
  const input = state.queue[0]
  if (input === undefined) return { type: 'idle' }
  const turn = turnId(input.input)
  const asked = input.mode === 'compact'
  const upTo = asked ? wholeOf(state) : rules.cover(state, [input])
  if (upTo !== undefined) return { type: 'compact', turn, opens: true, upTo }
  if (asked) return { type: 'open', turn }
  return { type: 'call-model', turn, opens: true, inputs: [input], last: false }
}

function callModel(state: SessionState, open: Turn, rules: Rules): Decision {
  if (open.compact) return sumUp(state, open)
  const { turn } = open
  const steered = state.queue.filter((input) => input.mode === 'steer' || (input.input as string) === turn)
  const upTo = rules.cover(state, steered)
  if (upTo !== undefined) return { type: 'compact', turn, opens: false, upTo }
  return { type: 'call-model', turn, opens: false, inputs: steered, last: completed(open) >= rules.maxSteps }
}

function sumUp(state: SessionState, open: Turn): Decision {
  const upTo = wholeOf(state)
  return upTo === undefined ? finish(open, 'completed') : { type: 'compact', turn: open.turn, opens: false, upTo }
}

const isCompaction = (step: Step): step is CompactionStep => step.compacts !== undefined

/**
 * A model that cannot sum up stops nothing: the checkpoint then says what is left out. Where it was only asked for, everything
 * stays as it is.
 */
function afterCompaction(state: SessionState, open: Turn, step: CompactionStep, rules: Rules): Decision {
  if (state.compaction?.step === step.compacts) return callModel(state, open, rules)
  const { outcome, fault } = step.end ?? { outcome: 'interrupted' }
  if (open.compact && (outcome === 'failed' || outcome === 'interrupted'))
    return afterFailure(state, open, fault, outcome, rules)
  if (open.compact && !saysSomething(step)) return finish(open, 'failed', NOTHING_SAID)
  const row = trailing(open, (other) => isCompaction(other) && other.end?.outcome === 'interrupted')
  const again = step.end?.outcome === 'interrupted' && row.length < STEP_ATTEMPTS.cut
  return again ? callModel(state, open, rules) : { type: 'checkpoint', step }
}

const saysSomething = ({ end }: Step) =>
  end?.parts.some((part) => part.type === 'text' && part.text.trim() !== '') ?? false

const NOTHING_SAID: EventFault = {
  code: 'provider_error',
  message: 'The model said nothing when it was to sum up, so the conversation stays as it is.',
  mend: 'Try again, or select another model.',
}

const finish = (open: Turn, outcome: TurnOutcome, fault?: EventFault): Decision => ({
  type: 'finish',
  turn: open.turn,
  outcome,
  ...(fault && { fault }),
})

function afterFailure(
  state: SessionState,
  open: Turn,
  fault: EventFault | undefined,
  outcome: 'interrupted' | 'failed',
  rules: Rules,
): Decision {
  if (outcome === 'failed') return finish(open, fault?.code === 'budget_exceeded' ? 'budget_exceeded' : 'failed', fault)
  const row = trailing(open, (step) => step.end?.outcome === 'interrupted')
  const busy = row.filter((step) => step.end?.fault?.until !== undefined).length
  const cut = row.filter((step) => step.end?.fault).length - busy
  if (cut >= STEP_ATTEMPTS.cut || busy >= STEP_ATTEMPTS.busy)
    return finish(open, 'failed', fault ?? row.find((step) => step.end?.fault)?.end?.fault)
  if (row.length - cut - busy >= STEP_ATTEMPTS.crashed) return finish(open, 'failed', CRASHED)
  return callModel(state, open, rules)
}

const CRASHED: EventFault = {
  code: 'internal',
  message: `The agent stopped ${STEP_ATTEMPTS.crashed} times in a row during this step, so it is not tried again.`,
  mend: 'Look into the log of the daemon, then send the message again.',
}

function trailing(open: Turn, matches: (step: Step) => boolean): readonly Step[] {
  const other = open.steps.findLastIndex((step) => !matches(step))
  return open.steps.slice(other + 1)
}

function onCall(state: SessionState, step: Step, call: Call, rules: Rules, now: Millis): Decision {
  switch (call.status.type) {
    case 'called':
      return step.last ? { type: 'refuse', call, by: 'limit' } : judged(state, step, call, rules)
    case 'approved':
      // Asked about before a restart, the policy may be another one now.
      return rules.verdict(call, state) === 'deny'
        ? { type: 'refuse', call, by: 'policy' }
        : { type: 'call-tools', calls: [call] }
    case 'denied':
      return { type: 'refuse', call, by: call.status.by }
    case 'asked':
      return (expiryOf(call) ?? Number.POSITIVE_INFINITY) <= now ? { type: 'expire', call } : { type: 'wait', call }
    case 'questioned':
      return { type: 'wait', call }
    case 'answered':
      return { type: 'take-answer', call }
    case 'started':
      return { type: 'settle', call }
    case 'finished':
      throw new Error('nextCall gave a finished call')
    default:
      return call.status satisfies never
  }
}

/** Calls run in order; only neighbours that are pure run side by side. Everything to ask about is asked at once. */
function judged(state: SessionState, step: Step, call: Call, rules: Rules): Decision {
  const verdictOf = (other: Call) => rules.verdict(other, state)
  const verdict = verdictOf(call)
  if (verdict === 'deny') return { type: 'refuse', call, by: 'policy' }
  const open = step.calls
    .slice(step.calls.indexOf(call))
    .filter((other) => other.status.type === 'called')
    .slice(0, SIDE_BY_SIDE)
  if (verdict === 'ask') return { type: 'ask', calls: open.filter((other) => verdictOf(other) === 'ask') }
  if (!rules.isPure(call)) return { type: 'call-tools', calls: [call] }
  const last = open.findIndex((other) => !(rules.isPure(other) && verdictOf(other) === 'allow'))
  return { type: 'call-tools', calls: last === -1 ? open : open.slice(0, last) }
}

function afterCalls(state: SessionState, open: Turn, step: Step, rules: Rules): Decision {
  if (step.last) return finish(open, 'budget_exceeded', budgetFault(step.last))
  const stuck = stuckIn(open)
  if (stuck) return finish(open, 'failed', stuck)
  // Some vendors break off in the middle of their own tools' work, and go on when they get back what they said.
  const answered = step.calls.length === 0 && step.end?.stop !== 'pause'
  const steered = state.queue.some((input) => input.mode === 'steer')
  return answered && !steered ? finish(open, 'completed') : callModel(state, open, rules)
}

const completed = (open: Turn): number =>
  open.steps.filter((step) => step.end?.outcome === 'completed' && !isCompaction(step)).length
