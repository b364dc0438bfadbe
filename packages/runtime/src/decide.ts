import {
  type Call,
  type EventFault,
  type Input,
  lastStep,
  nextCall,
  type SessionState,
  type Step,
  type Turn,
  type TurnOutcome,
} from '@nacre/session'
import type { Verdict } from '@nacre/tool'
import type { StepId, TurnId } from '@nacre/types'
import { turnId } from '@nacre/types'
import { budgetFault } from './budget.js'
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
  | { readonly type: 'call-tools'; readonly calls: readonly Call[] }
  | { readonly type: 'settle'; readonly call: Call }
  | { readonly type: 'ask'; readonly calls: readonly Call[] }
  | { readonly type: 'refuse'; readonly call: Call; readonly by: RefusedBy }
  | { readonly type: 'take-answer'; readonly call: Call }
  | { readonly type: 'wait'; readonly call: Call }
  | { readonly type: 'finish'; readonly turn: TurnId; readonly outcome: TurnOutcome; readonly fault?: EventFault }

export type RefusedBy = 'policy' | 'user' | 'limit'

export type Rules = {
  readonly verdict: (call: Call) => Verdict
  readonly isPure: (call: Call) => boolean
  readonly maxSteps: number
}

/** A step that a model cut off is tried this often in a row; one that crashes cut off, that often. */
const STEP_ATTEMPTS = { cut: 3, crashed: 20 } as const

/** So many calls are run, or asked about, at once. */
const SIDE_BY_SIDE = 16

/** Pure: the same state, rules and `cancelled` always give the same decision. */
export function decide(state: SessionState, rules: Rules, cancelled: boolean): Decision {
  const { open } = state
  if (open === undefined) return cancelled ? { type: 'idle' } : start(state)
  const step = lastStep(open)
  if (step === undefined) return callModel(state, open, rules)
  if (step.end === undefined) return { type: 'close-step', step: step.step }
  if (cancelled || open.cancelRequested || step.end.outcome === 'cancelled') return finish(open, 'cancelled')
  if (step.end.outcome !== 'completed') return afterFailure(state, open, step.end.fault, step.end.outcome, rules)
  const call = nextCall(step)
  return call ? onCall(step, call, rules) : afterCalls(state, open, step, rules)
}

function start(state: SessionState): Decision {
  const input = state.queue[0]
  if (input === undefined) return { type: 'idle' }
  return { type: 'call-model', turn: turnId(input.input), opens: true, inputs: [input], last: false }
}

function callModel(state: SessionState, open: Turn, rules: Rules): Decision {
  const steered = state.queue.filter((input) => input.mode === 'steer' || (input.input as string) === open.turn)
  return { type: 'call-model', turn: open.turn, opens: false, inputs: steered, last: completed(open) >= rules.maxSteps }
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
  const cut = row.filter((step) => step.end?.fault).length
  if (cut >= STEP_ATTEMPTS.cut) return finish(open, 'failed', fault ?? row.find((step) => step.end?.fault)?.end?.fault)
  if (row.length - cut >= STEP_ATTEMPTS.crashed) return finish(open, 'failed', CRASHED)
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

function onCall(step: Step, call: Call, rules: Rules): Decision {
  switch (call.status.type) {
    case 'called':
      return step.last ? { type: 'refuse', call, by: 'limit' } : judged(step, call, rules)
    case 'approved':
      return { type: 'call-tools', calls: [call] }
    case 'denied':
      return { type: 'refuse', call, by: 'user' }
    case 'asked':
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
function judged(step: Step, call: Call, rules: Rules): Decision {
  const verdict = rules.verdict(call)
  if (verdict === 'deny') return { type: 'refuse', call, by: 'policy' }
  const open = step.calls
    .slice(step.calls.indexOf(call))
    .filter((other) => other.status.type === 'called')
    .slice(0, SIDE_BY_SIDE)
  if (verdict === 'ask') return { type: 'ask', calls: open.filter((other) => rules.verdict(other) === 'ask') }
  if (!rules.isPure(call)) return { type: 'call-tools', calls: [call] }
  const last = open.findIndex((other) => !(rules.isPure(other) && rules.verdict(other) === 'allow'))
  return { type: 'call-tools', calls: last === -1 ? open : open.slice(0, last) }
}

function afterCalls(state: SessionState, open: Turn, step: Step, rules: Rules): Decision {
  if (step.last) return finish(open, 'budget_exceeded', budgetFault(step.last))
  const stuck = stuckIn(open)
  if (stuck) return finish(open, 'failed', stuck)
  const answered = step.calls.length === 0
  const steered = state.queue.some((input) => input.mode === 'steer')
  return answered && !steered ? finish(open, 'completed') : callModel(state, open, rules)
}

const completed = (open: Turn): number => open.steps.filter((step) => step.end?.outcome === 'completed').length
