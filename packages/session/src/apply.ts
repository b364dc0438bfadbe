import { approvalResolved, asked, onCall, onLastStep, questionAnswered, questionAsked } from './calls.js'
import type {
  SessionArchived,
  SessionEvent,
  SessionRenamed,
  StepFinished,
  StepStarted,
  TurnCancelRequested,
  TurnFinished,
  TurnQueued,
  TurnStarted,
} from './event.js'
import { isUnknown, type LiftedEvent } from './lift.js'
import { hasSeen, NONE_SEEN, see } from './seen.js'
import { plus, spentByTurn, ZERO } from './spend.js'
import type { Call, DroppedInput, Input, SessionState, Step, Turn } from './state.js'
import { titleOf } from './title.js'

export const EMPTY_SESSION: SessionState = {
  seq: 0,
  title: '',
  agent: 'default',
  createdAt: 0,
  epoch: 0,
  delivered: false,
  approved: [],
  base: 0,
  turns: [],
  spent: ZERO,
  queue: [],
  dropped: [],
  notices: [],
  unknown: [],
  seen: NONE_SEEN,
}

const KEPT = 32

export const fold = (events: Iterable<LiftedEvent>, from: SessionState = EMPTY_SESSION): SessionState => {
  let state = from
  for (const event of events) state = apply(state, event)
  return state
}

/**
 * The judge of what counts: a command whose id was seen before is nothing, a `reject` input behind other work is
 * rejected, the first answer to an approval counts, a late cancel is nothing, and so is all that comes after
 * `session.deleted`. Every replica gives the same verdict.
 */
export function apply(state: SessionState, event: LiftedEvent): SessionState {
  const next = { ...state, seq: event.seq }
  if (state.deleted) return next
  if (isUnknown(event)) return { ...next, unknown: [...state.unknown, event.type].slice(-KEPT) }
  return judge(next, event)
}

function judge(state: SessionState, event: SessionEvent): SessionState {
  switch (event.type) {
    case 'session.created':
      return {
        ...state,
        title: event.title,
        agent: event.agent,
        createdAt: event.at,
        ...(event.parent && { parent: event.parent }),
      }
    case 'session.renamed':
      return renamed(state, event)
    case 'session.archived':
      return archived(state, event)
    case 'session.deleted':
      return { ...state, deleted: true }
    case 'session.forked':
      return forked(state, event.at)
    case 'session.compacted':
      return { ...state, compaction: { step: event.step, pins: event.pins, summary: event.summary } }
    case 'delivery.finished':
      return { ...state, delivered: true }
    case 'session.claimed':
      return { ...state, epoch: Math.max(state.epoch, event.epoch) }
    case 'prefix.set':
      return { ...state, prefix: event.hash }
    case 'notice.posted':
      return {
        ...state,
        notices: [...state.notices, { seq: event.seq, level: event.level, text: event.text }].slice(-KEPT),
      }
    case 'turn.queued':
      return queued(state, event)
    case 'turn.cancel_requested':
      return cancelRequested(state, event)
    case 'turn.started':
      return state.open ? state : { ...state, open: opened(event) }
    case 'turn.finished':
      return turnFinished(state, event)
    case 'step.started':
      return stepStarted(state, event)
    case 'step.finished':
      return stepFinished(state, event)
    case 'approval.requested':
      return onCall(state, event.call, ['called'], asked(event), event)
    case 'approval.resolved':
      return approvalResolved(state, event)
    case 'approval.expired':
      return onCall(state, event.call, ['asked'], { type: 'denied', by: 'expiry' })
    case 'question.asked':
      return questionAsked(state, event)
    case 'question.answered':
      return questionAnswered(state, event)
    case 'tool.started':
      return onCall(
        state,
        event.call,
        ['called', 'approved', 'answered', 'started'],
        { type: 'started', epoch: event.epoch },
        event,
      )
    case 'tool.finished':
      return onCall(state, event.call, 'any', { type: 'finished', outcome: event.outcome, parts: event.parts })
    case 'budget.granted':
    case 'budget.settled':
      return state // The ledger has a fold of its own.
    default:
      return event satisfies never
  }
}

function renamed(state: SessionState, { title, command }: SessionRenamed): SessionState {
  const key = `rename ${command}`
  return hasSeen(state.seen, key) ? state : { ...state, title, seen: see(state.seen, key) }
}

function archived(state: SessionState, event: SessionArchived): SessionState {
  const key = `archive ${event.command}`
  if (hasSeen(state.seen, key)) return state
  const next = { ...back(state), seen: see(state.seen, key) }
  return event.archived ? { ...next, archived: true } : next
}

/** Out of the archive. */
const back = ({ archived: _, ...state }: SessionState): SessionState => state

function queued(before: SessionState, event: TurnQueued & SessionEvent): SessionState {
  if (hasSeen(before.seen, event.input)) return before
  const state = back(before)
  const input: Input = { input: event.input, parts: event.parts, mode: event.mode, by: event.by, at: event.at }
  const next = { ...state, seen: see(state.seen, event.input), title: state.title || titleOf(event.parts) }
  const busy = state.open !== undefined || state.queue.length > 0
  if (event.mode === 'reject' && busy) return { ...next, dropped: drop(state, { ...input, reason: 'rejected' }) }
  return { ...next, queue: [...state.queue, input] }
}

function cancelRequested(before: SessionState, event: TurnCancelRequested): SessionState {
  const key = `cancel ${event.command}`
  if (hasSeen(before.seen, key)) return before
  const state = { ...before, seen: see(before.seen, key) }
  const { open } = state
  if (open && (event.turn === undefined || event.turn === open.turn))
    return { ...state, open: { ...open, cancelRequested: true } }
  const target = event.turn ?? state.queue[0]?.input
  const input = state.queue.find((queued) => (queued.input as string) === target)
  return input === undefined ? state : withdrawn(state, input)
}

const withdrawn = (state: SessionState, input: Input): SessionState => ({
  ...state,
  queue: state.queue.filter((queued) => queued !== input),
  dropped: drop(state, { ...input, reason: 'withdrawn' }),
})

const drop = (state: SessionState, input: DroppedInput) => [...state.dropped, input].slice(-KEPT)

const opened = ({ turn, at, allowance }: TurnStarted & SessionEvent): Turn => ({
  turn,
  startedAt: at,
  cancelRequested: false,
  steps: [],
  ...(allowance && { allowance }),
})

function stepStarted(state: SessionState, event: StepStarted): SessionState {
  if (state.open?.turn !== event.turn) return state
  const inputs = state.queue.filter((queued) => event.inputs.includes(queued.input))
  const { step: id, provider, model, reserved, last, compacts } = event
  const step: Step = {
    step: id,
    inputs,
    provider,
    model,
    calls: [],
    ...(reserved && { reserved }),
    ...(last && { last }),
    ...(compacts && { compacts }),
  }
  return {
    ...state,
    open: { ...state.open, steps: [...state.open.steps, step] },
    queue: state.queue.filter((queued) => !inputs.includes(queued)),
  }
}

function stepFinished(state: SessionState, event: StepFinished): SessionState {
  return onLastStep(state, (step) => {
    if (step.step !== event.step || step.end) return step
    const { outcome, parts, stop, usage, spent, fault } = event
    const calls = outcome === 'completed' ? parts.flatMap(toCall) : []
    return {
      ...step,
      calls,
      end: {
        outcome,
        parts,
        ...(stop && { stop }),
        ...(usage && { usage }),
        ...(spent && { spent }),
        ...(fault && { fault }),
      },
    }
  })
}

const toCall = (part: StepFinished['parts'][number]): Call[] =>
  part.type === 'call'
    ? [{ call: part.call, name: part.name, argsText: part.argsText, status: { type: 'called' } }]
    : []

function turnFinished(state: SessionState, event: TurnFinished & { at: number }): SessionState {
  const { open, ...rest } = state
  if (open?.turn !== event.turn) return state
  const end = { outcome: event.outcome, at: event.at, ...(event.fault && { fault: event.fault }) }
  const next = { ...rest, turns: [...state.turns, { ...open, end }], spent: plus(state.spent, spentByTurn(open)) }
  // A turn that was cancelled while it only summed up has not taken its input: it must not begin again.
  const input = state.queue.find((queued) => (queued.input as string) === event.turn)
  return input === undefined ? next : withdrawn(next, input)
}

/**
 * A copy of a delegate is nobody's delegate, what was approved for the original was not approved for it, and nobody has
 * put it into the archive.
 */
function forked({ parent: _, ...state }: SessionState, at: number): SessionState {
  return { ...back(state), createdAt: at, approved: [] }
}
