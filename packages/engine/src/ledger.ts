import { headAndTail } from '@nacre/kit'
import type { Approvals, Grants } from '@nacre/runtime'
import {
  EMPTY_LEDGER,
  foldLedger,
  type Grant,
  type Ledger,
  leftOf,
  type NewSessionEvent,
  type SessionState,
  spentByTurn,
  ZERO,
} from '@nacre/session'
import {
  type Allowance,
  callId,
  commandId,
  LEDGER,
  type Log,
  type SessionId,
  type Spend,
  streamName,
  turnId,
  type UserId,
  type World,
} from '@nacre/types'
import { readAfter } from './write.js'

/** What a user may spend in a day (UTC), and the most of it that one turn is given. */
export type DayBudget = { readonly day: Allowance; readonly turn?: Allowance }

/** What is kept of approved arguments, for people to recognise them. */
const ABOUT_BYTES = 2048

/** A turn without a limit of its own is given this part of the day. */
const TURN_SHARE = 0.1

/**
 * What a user's sessions share, in a stream of its own: the day, given out in slices (two that ask at once are told apart
 * by its seq), and what was approved for all of them.
 */
export type UserLedger = {
  grantsFor(session: SessionId): Grants | undefined
  /** What is approved by now. */
  approvals(): Promise<Approvals>
  /** Gives back what the finished turns of a session did not use, and the slices of turns that never came. */
  settle(session: SessionId, state: SessionState): Promise<void>
  /** Sessions with slices that nobody has settled, after a crash for example. */
  unsettled(): Promise<readonly SessionId[]>
}

export function openLedger(log: Log, world: World, user: UserId, budget?: DayBudget): UserLedger {
  const stream = streamName(user, LEDGER)
  let known: Ledger = EMPTY_LEDGER
  const current = async () => {
    const news = await readAfter(log, stream, known.seq)
    // Another call may have come here first: what it has folded is not folded again.
    known = foldLedger(
      news.filter((event) => event.seq > known.seq),
      known,
    )
    return known
  }

  const grant = async (session: SessionId, turn: string, budget: DayBudget): Promise<Allowance> => {
    for (;;) {
      const ledger = await current()
      const before = ledger.open.find((open) => open.session === session && (open.turn as string) === turn)
      if (before) return limitedTo(budget.day, before.slice, budget.turn)
      const day = new Date(world.now()).toISOString().slice(0, 10)
      const slice = sliceOf(leftOf(ledger, day, budget.day), budget)
      if (slice === undefined) return limitedTo(budget.day, ZERO, budget.turn)
      const event: NewSessionEvent = { type: 'budget.granted', session, turn: turnId(turn), day, slice }
      const appended = await log.append(stream, [event], { expectedSeq: ledger.seq })
      if (appended.type === 'appended') return limitedTo(budget.day, slice, budget.turn)
    }
  }

  const approve = async ({ hash, name, argsText }: Parameters<Approvals['add']>[0]): Promise<void> => {
    if ((await current()).approvals.has(hash)) return
    const approved: NewSessionEvent = {
      type: 'approval.resolved',
      command: commandId(`always-${hash}`),
      call: callId('always'),
      hash,
      verdict: 'approved',
      scope: 'always',
      by: 'engine',
      about: { name, argsText: headAndTail(argsText, ABOUT_BYTES) },
    }
    await log.append(stream, [approved])
  }

  return {
    grantsFor: (session) => budget && { grant: (turn) => grant(session, turn, budget) },
    async approvals() {
      const { approvals } = await current()
      const added = new Set<string>()
      return {
        has: (hash) => approvals.has(hash) || added.has(hash),
        async add(approval) {
          await approve(approval)
          added.add(approval.hash)
        },
      }
    },
    async settle(session, state) {
      const { open } = await current()
      const events = open.filter((entry) => entry.session === session).flatMap((entry) => settled(entry, state))
      if (events.length > 0) await log.append(stream, events)
    },
    unsettled: async () => [...new Set((await current()).open.map((entry) => entry.session))],
  }
}

/** Less than this part of what a turn asks for is no slice: the day is spent, and saying so is kinder than crumbs. */
const CRUMB = 0.25

function sliceOf(left: Allowance, { day, turn }: DayBudget): Spend | undefined {
  const asked = (kind: keyof Spend, all: number) => Math.min(all, turn?.[kind] ?? Math.ceil(all * TURN_SHARE))
  const slice = { microUsd: 0, tokens: 0 }
  for (const kind of ['microUsd', 'tokens'] as const) {
    const [all, rest] = [day[kind], left[kind]]
    if (all === undefined || rest === undefined) continue
    slice[kind] = Math.min(rest, asked(kind, all))
    if (slice[kind] <= 0 || slice[kind] < asked(kind, all) * CRUMB) return undefined
  }
  return slice
}

/** The turn's allowance: its slice where the day is limited, its own limit where only that is. */
function limitedTo(day: Allowance, slice: Spend, turn: Allowance | undefined): Allowance {
  const of = (kind: keyof Spend) => (day[kind] === undefined ? turn?.[kind] : slice[kind])
  const [microUsd, tokens] = [of('microUsd'), of('tokens')]
  return { ...(microUsd !== undefined && { microUsd }), ...(tokens !== undefined && { tokens }) }
}

function settled({ session, turn, slice }: Grant, state: SessionState): NewSessionEvent[] {
  const finished = state.turns.find((other) => other.turn === turn)
  if (finished) return [{ type: 'budget.settled', session, turn, spent: spentByTurn(finished) }]
  // What it cost went with its session: it counts as spent at what it was granted.
  if (state.deleted) return [{ type: 'budget.settled', session, turn, spent: slice }]
  if (state.base > 0) return [] // Whether it was finished before the checkpoint is not known here.
  const stillComes = state.open?.turn === turn || state.queue.some((input) => (input.input as string) === turn)
  return stillComes ? [] : [{ type: 'budget.settled', session, turn, spent: ZERO }]
}
