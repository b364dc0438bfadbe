import type { Input, SessionState, Step } from '@nacre/session'
import type { StepId } from '@nacre/types'
import { fixedBytes, jsonBytes, roomOf, stepBytes, toldSteps, userMessage } from './context.js'

/** When a context is this full, older steps are summed up until so much is left of the newest ones. */
const FULL = 0.8
const KEPT = 0.3
/** Less than this is not worth a model call, and might not become smaller. */
const WORTH_BYTES = 4096
/** Asked for, it may be less; but what stands for it takes about half of it, and some words around. */
const WORTH_ASKED_BYTES = 1024

/**
 * The last of the steps that are to be summed up before the next model call, if any are. Whoever sums up these and asks
 * again comes to an end: each time fewer steps are left.
 */
export function coverOf(
  state: SessionState,
  inputs: readonly Input[],
  limits: { contextTokens: number; maxOutputTokens: number },
  prefixBytes: number,
): StepId | undefined {
  const room = roomOf(limits, prefixBytes)
  const steps = toldSteps(state)
  const fixed = fixedBytes(state, inputs)
  const total = steps.reduce((sum, step) => sum + stepBytes(step), fixed)
  if (total <= room * FULL) return undefined
  // Where what must stay is large, less is left for the rest.
  let kept = Math.min(room * KEPT, room * FULL - fixed)
  let last = steps.length
  for (; last > 0; last--) {
    kept -= stepBytes(steps[last - 1] as Step)
    if (kept < 0) break
  }
  const upTo = steps[last - 1]?.step
  return upTo !== undefined && coveredBytes(state, upTo) >= WORTH_BYTES ? upTo : undefined
}

/** The last step of all that is told, if that is worth to be summed up because somebody asks. */
export function wholeOf(state: SessionState): StepId | undefined {
  const upTo = toldSteps(state).at(-1)?.step
  return upTo !== undefined && coveredBytes(state, upTo) >= WORTH_ASKED_BYTES ? upTo : undefined
}

/** How much a context would lose with these steps: what the user said in the open turn is told in any case. */
export function coveredBytes(state: SessionState, upTo: StepId): number {
  const isOpen = (step: Step) => state.open?.steps.includes(step) ?? false
  const stays = (step: Step) => (isOpen(step) && step.inputs.length > 0 ? jsonBytes(userMessage(step.inputs)) : 0)
  return stepsUpTo(state, upTo).reduce((sum, step) => sum + stepBytes(step) - stays(step), 0)
}

/** The steps that are told, up to and including this one. */
export function stepsUpTo(state: SessionState, upTo: StepId): readonly Step[] {
  const steps = toldSteps(state)
  return steps.slice(0, steps.findIndex(({ step }) => step === upTo) + 1)
}
