import type { CallId, StepId, Transient } from '@nacre/types'
import type { NewSessionEvent } from './event.js'

/** Deltas of a step that is being said. `offset` counts UTF-16 units from the step's (or argument's) beginning. */
export type TextDelta = {
  readonly type: 'text.delta'
  readonly step: StepId
  readonly offset: number
  readonly text: string
}
export type ReasoningDelta = {
  readonly type: 'reasoning.delta'
  readonly step: StepId
  readonly offset: number
  readonly text: string
}
export type ArgsDelta = {
  readonly type: 'args.delta'
  readonly step: StepId
  readonly index: number
  readonly name: string
  readonly offset: number
  readonly text: string
}
export type ToolProgress = {
  readonly type: 'tool.progress'
  readonly call: CallId
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}
/** Everything that a step has said so far: what a late follower gets in place of the deltas that it missed. */
export type StepSnapshot = { readonly type: 'step.snapshot' } & LiveStep
export type TransientEvent = TextDelta | ReasoningDelta | ArgsDelta | ToolProgress | StepSnapshot

export type LiveStep = {
  readonly step: StepId
  readonly text: string
  readonly reasoning: string
  readonly args: readonly LiveArgs[]
}
export type LiveArgs = { readonly index: number; readonly name: string; readonly text: string }

/** The open steps of a stream and what they have said. Log and faces keep it by the same two functions. */
export type Live = readonly LiveStep[]

/** A started step may speak; a finished one is known by its event, and what was said live is forgotten. */
export function liveStored(
  live: Live,
  event: NewSessionEvent | { readonly type: string; readonly unknown: true },
): Live {
  if ('unknown' in event) return live
  if (event.type === 'step.started') return [...live, { step: event.step, text: '', reasoning: '', args: [] }]
  if (event.type === 'step.finished') return live.filter((step) => step.step !== event.step)
  if (event.type === 'session.deleted') return []
  return live
}

/** Takes a delta in; one of an unknown or finished step is dropped, and what overlaps is cut. */
export function liveTransient(live: Live, event: TransientEvent): Live {
  if (event.type === 'tool.progress') return live
  return live.map((step) => (step.step === event.step ? said(step, event) : step))
}

export const isTransient = (event: Transient): event is TransientEvent =>
  ['text.delta', 'reasoning.delta', 'args.delta', 'tool.progress', 'step.snapshot'].includes(event.type)

function said(step: LiveStep, event: Exclude<TransientEvent, ToolProgress>): LiveStep {
  switch (event.type) {
    case 'text.delta':
      return { ...step, text: joined(step.text, event) }
    case 'reasoning.delta':
      return { ...step, reasoning: joined(step.reasoning, event) }
    case 'args.delta':
      return { ...step, args: argsJoined(step.args, event) }
    case 'step.snapshot':
      return longer(step, event)
    default:
      return event satisfies never
  }
}

/** A delta that begins beyond what is known would leave a hole: it is dropped, and the next snapshot fills it. */
const joined = (known: string, delta: { offset: number; text: string }): string =>
  delta.offset > known.length ? known : known + delta.text.slice(known.length - delta.offset)

function argsJoined(args: readonly LiveArgs[], delta: ArgsDelta): readonly LiveArgs[] {
  const known = args.find((arg) => arg.index === delta.index)
  if (known === undefined)
    return delta.offset === 0 ? [...args, { index: delta.index, name: delta.name, text: delta.text }] : args
  return args.map((arg) => (arg === known ? { ...arg, text: joined(arg.text, delta) } : arg))
}

const longer = (step: LiveStep, snapshot: StepSnapshot): LiveStep => ({
  step: step.step,
  text: snapshot.text.length > step.text.length ? snapshot.text : step.text,
  reasoning: snapshot.reasoning.length > step.reasoning.length ? snapshot.reasoning : step.reasoning,
  args: snapshot.args.length >= step.args.length ? snapshot.args : step.args,
})
