import type { Head, HeadMemo, StreamName } from '@nacre/types'
import type { ApprovalRequested, ApprovalResolved, SessionEvent, SessionSelected, TurnStarted } from './event.js'
import { isUnknown, type LiftedEvent } from './lift.js'
import { selectKey } from './seen.js'
import { GOAL } from './state.js'
import { titleOfInput } from './title.js'

const RECENT_IDS = 64
const NO_MEMO: HeadMemo = { queued: [], recent: [], waitingFor: [], parked: false }

/**
 * The head after `events`: a pure cache of the fold. `openWork` is true whenever the fold has work; it may also be
 * true without need (an input id that returns after more than 64 others is taken for a new one here).
 */
export function headOf(head: Head | undefined, stream: StreamName, events: readonly LiftedEvent[]): Head | undefined {
  return events.reduce((before, event) => next(before ?? blank(stream, event), event), head)
}

const blank = (stream: StreamName, event: LiftedEvent): Head => ({
  stream,
  seq: 0,
  title: '',
  agent: 'default',
  status: 'idle',
  openWork: false,
  createdAt: event.at,
  updatedAt: event.at,
  memo: NO_MEMO,
})

function next(head: Head, event: LiftedEvent): Head {
  const base = { ...head, seq: event.seq, updatedAt: event.at }
  if (isUnknown(event) || head.deleted) return base
  if (event.type === 'session.deleted') return gone(base)
  const memo = remember(head.memo, event)
  // A command that was seen before leaves the memo as it is.
  const { wakeAt: _, ...known } = named(base, event, memo !== head.memo)
  const wakeAt = wakeOf(memo)
  return {
    ...known,
    memo,
    status: statusOf(memo),
    openWork: hasWork(memo) || isDue(known, memo),
    ...(wakeAt !== undefined && { wakeAt }),
  }
}

const gone = ({ wakeAt: _, ...head }: Head): Head => ({
  ...head,
  status: 'idle',
  openWork: false,
  memo: NO_MEMO,
  deleted: true,
})

function wakeOf({ asked = [], cancelled, until }: HeadMemo): number | undefined {
  const times = [...asked.flatMap(({ expiresAt }) => expiresAt ?? []), ...(until === undefined ? [] : [until])]
  return times.length === 0 || cancelled ? undefined : Math.min(...times)
}

const isDue = (head: Pick<Head, 'parent'>, { delivered, turn, queued }: HeadMemo): boolean =>
  head.parent !== undefined && !delivered && turn !== GOAL && !queued.includes(GOAL)

function named(head: Head, event: SessionEvent, isNews: boolean): Head {
  if (event.type === 'session.created')
    return {
      ...head,
      title: event.title,
      agent: event.agent,
      createdAt: event.at,
      ...(event.parent && { parent: event.parent.session }),
    }
  if (event.type === 'session.forked') {
    // A copy of a delegate is nobody's delegate.
    const { parent: _, ...copy } = back(head)
    return { ...copy, createdAt: event.at }
  }
  if (!isNews) return head
  if (event.type === 'session.renamed') return { ...head, title: event.title }
  if (event.type === 'session.archived') return event.archived ? { ...head, archived: true } : back(head)
  if (event.type === 'session.selected') return selected(head, event)
  if (event.type === 'turn.started') return notFailed(head)
  if (event.type === 'turn.finished') return event.outcome === 'failed' ? { ...head, failed: true } : head
  return event.type === 'turn.queued' ? { ...back(head), title: head.title || titleOfInput(event) } : head
}

function selected({ model: known, ...head }: Head, event: SessionSelected): Head {
  const { agent = head.agent, model = event.agent === undefined ? known : undefined } = event
  return { ...head, agent, ...(model !== undefined && { model }) }
}

/** Out of the archive. */
const back = ({ archived: _, ...head }: Head): Head => head

const notFailed = ({ failed: _, ...head }: Head): Head => head

const statusOf = (memo: HeadMemo): Head['status'] => {
  if (memo.turn === undefined) return memo.queued.length > 0 ? 'queued' : 'idle'
  const waits = memo.waitingFor.length > 0 || memo.until !== undefined
  return waits && !memo.cancelled ? 'waiting' : 'running'
}

const hasWork = (memo: HeadMemo): boolean =>
  memo.turn === undefined ? memo.queued.length > 0 : memo.cancelled === true || !memo.parked

function remember(memo: HeadMemo, event: SessionEvent): HeadMemo {
  switch (event.type) {
    case 'turn.queued': {
      if (memo.recent.includes(event.input)) return memo
      const busy = memo.turn !== undefined || (memo.queued.length > 0 && !memo.unsure)
      const recent = [...memo.recent, event.input].slice(-RECENT_IDS)
      return event.mode === 'reject' && busy
        ? { ...memo, recent }
        : { ...memo, recent, queued: [...memo.queued, event.input] }
    }
    case 'session.renamed':
      return noted(memo, `rename ${event.command}`)
    case 'session.archived':
      return noted(memo, `archive ${event.command}`)
    case 'turn.cancel_requested': {
      const key = `cancel ${event.command}`
      if (memo.recent.includes(key)) return memo
      const seen = { ...memo, recent: [...memo.recent, key].slice(-RECENT_IDS) }
      if (memo.turn !== undefined && (event.turn === undefined || event.turn === memo.turn))
        return { ...seen, cancelled: true }
      // One without a target may be a repeat from long ago, which only the fold knows: the queue stays as it is.
      return event.turn === undefined
        ? { ...seen, unsure: true }
        : { ...seen, queued: memo.queued.filter((input) => input !== event.turn) }
    }
    case 'session.selected':
      return noted(memo, selectKey(event))
    case 'turn.started':
      return memo.turn === undefined ? begun(memo, event) : memo
    case 'step.finished': {
      const until = event.outcome === 'interrupted' ? event.fault?.until : undefined
      return until === undefined ? memo : { ...memo, until, parked: true }
    }
    case 'step.started':
      if (memo.turn !== event.turn) return memo
      return {
        ...withoutUntil(memo),
        parked: false,
        queued: memo.queued.filter((input) => !event.inputs.some((named) => named === input)),
      }
    case 'turn.finished': {
      if (memo.turn !== event.turn) return memo
      const { turn: _turn, cancelled: _cancelled, asked: _asked, until: _until, ...rest } = memo
      return { ...rest, queued: without(memo.queued, event.turn), waitingFor: [], parked: false }
    }
    case 'session.compacted':
      return { ...memo, checkpoint: event.seq }
    case 'session.forked': {
      // A copy has other seqs than its checkpoints speak of.
      const { checkpoint: _checkpoint, ...rest } = memo
      return rest
    }
    case 'delivery.finished':
      return { ...memo, delivered: true }
    case 'approval.requested':
      return {
        ...memo,
        waitingFor: [...memo.waitingFor, event.call],
        asked: [...(memo.asked ?? []), askedOf(event)],
        parked: true,
      }
    case 'approval.expired':
      return answered(memo, event.call)
    case 'question.asked':
      return { ...memo, waitingFor: [...memo.waitingFor, event.question], parked: true }
    case 'approval.resolved':
      return countsFor(memo, event) ? answered(memo, event.call) : memo
    case 'question.answered':
      return answered(memo, event.question)
    // Whether the next call in order waits is not known here: rather too long open than too early closed.
    case 'tool.started':
    case 'tool.finished':
      return { ...withoutAsked(memo, event.call), waitingFor: without(memo.waitingFor, event.call), parked: false }
    default:
      return memo
  }
}

const noted = (memo: HeadMemo, key: string): HeadMemo =>
  memo.recent.includes(key) ? memo : { ...memo, recent: [...memo.recent, key].slice(-RECENT_IDS) }

const begun = ({ unsure: _, ...memo }: HeadMemo, event: TurnStarted): HeadMemo => ({
  ...memo,
  turn: event.turn,
  parked: false,
  queued: fromFirst(memo, event),
})

/** Turns begin in the order of their inputs: what lies before this one was withdrawn, or had come twice. */
function fromFirst({ queued }: HeadMemo, { turn }: TurnStarted): readonly string[] {
  const at = queued.indexOf(turn)
  return at === -1 ? queued : queued.slice(at)
}

const answered = (memo: HeadMemo, id: string): HeadMemo =>
  memo.waitingFor.includes(id)
    ? { ...withoutAsked(memo, id), waitingFor: without(memo.waitingFor, id), parked: false }
    : memo

const askedOf = ({ call, hash, expiresAt }: ApprovalRequested) => ({
  call,
  hash,
  ...(expiresAt !== undefined && { expiresAt }),
})

/** Whether the fold lets this answer count; where a head was made before approvals had a hash, it may. */
function countsFor({ asked = [] }: HeadMemo, { call, hash, at }: ApprovalResolved & { at: number }): boolean {
  const known = asked.find((other) => other.call === call)
  return known === undefined || (known.hash === hash && at < (known.expiresAt ?? Number.POSITIVE_INFINITY))
}

function withoutAsked({ asked, ...memo }: HeadMemo, call: string): HeadMemo {
  const left = asked?.filter((other) => other.call !== call) ?? []
  return left.length === 0 ? memo : { ...memo, asked: left }
}

const withoutUntil = ({ until: _, ...memo }: HeadMemo): HeadMemo => memo

const without = (ids: readonly string[], id: string) => ids.filter((other) => other !== id)
