import {
  type EventFault,
  fits,
  type LimitName,
  type SessionState,
  spentBySession,
  spentByTurn,
  ZERO,
} from '@nacre/session'
import type { Allowance, Spend } from '@nacre/types'

export type BudgetLimits = { readonly call?: Allowance; readonly turn?: Allowance; readonly session?: Allowance }

/** Of whom a turn asks its slice of what the user may spend in a day, before it begins. */
export interface Grants {
  /** The slice for this turn, the same one if it was granted before; nothing but zeros when the day is spent. */
  grant(turn: string): Promise<Allowance>
}

/** Why a turn ends that may not go on. */
export const budgetFault = (limit: LimitName): EventFault => ({
  code: 'budget_exceeded',
  message: `The limit of ${WHOSE[limit]} is reached.`,
  mend: MEND[limit],
})

const WHOSE = {
  steps: 'model calls in one turn',
  call: 'one model call',
  turn: 'one turn',
  session: 'this session',
  day: 'this day',
} as const
const MEND = {
  steps: 'Send another message to go on, or raise runtime.max_turns in agent.toml.',
  call: 'Raise budget.call_usd or budget.call_tokens in agent.toml, or lower runtime.max_output_tokens.',
  turn: 'Send another message to go on, or raise budget.turn_usd or budget.turn_tokens in agent.toml.',
  session: 'Begin a new session, or raise budget.session_usd or budget.session_tokens in agent.toml.',
  day: 'Go on tomorrow (UTC), or raise budget.day_usd or budget.day_tokens in agent.toml.',
} as const

/** The first limit under which `reserved` does not fit any more. */
export function limitReached(state: SessionState, limits: BudgetLimits, reserved: Spend): LimitName | undefined {
  if (!fits(limits.call, ZERO, reserved)) return 'call'
  const granted = state.open?.allowance
  if (granted?.microUsd === 0 || granted?.tokens === 0) return 'day'
  const turn = state.open ? spentByTurn(state.open) : ZERO
  if (!fits(granted, turn, reserved) || !fits(limits.turn, turn, reserved)) return 'turn'
  return fits(limits.session, spentBySession(state), reserved) ? undefined : 'session'
}

/** What the open turn may still spend, of each kind that is limited. */
export function leftOfTurn(state: SessionState, limits: BudgetLimits): Allowance {
  const turn = state.open ? spentByTurn(state.open) : ZERO
  const bounds = [
    { limit: state.open?.allowance, spent: turn },
    { limit: limits.turn, spent: turn },
    { limit: limits.session, spent: spentBySession(state) },
  ]
  const left = (kind: keyof Spend) => {
    const each = bounds.flatMap(({ limit, spent }) => (limit?.[kind] === undefined ? [] : [limit[kind] - spent[kind]]))
    return each.length === 0 ? undefined : Math.max(0, Math.min(...each))
  }
  return allowance(left('microUsd'), left('tokens'))
}

/** An allowance of the kinds that are given. */
export const allowance = (microUsd: number | undefined, tokens: number | undefined): Allowance => ({
  ...(microUsd !== undefined && { microUsd }),
  ...(tokens !== undefined && { tokens }),
})
