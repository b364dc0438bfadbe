import type { Allowance, Spend } from '@nacre/types'
import type { SessionState, Step, Turn } from './state.js'

export const ZERO: Spend = { microUsd: 0, tokens: 0 }

export const plus = (a: Spend, b: Spend): Spend => ({ microUsd: a.microUsd + b.microUsd, tokens: a.tokens + b.tokens })

/** What a step and its delegates cost; while nobody knows, or where nobody can, what was reserved for it. */
const spentByStep = (step: Step): Spend =>
  step.calls.map((call) => call.spent ?? ZERO).reduce(plus, step.end?.spent ?? step.reserved ?? ZERO)

export const spentByTurn = (turn: Turn): Spend => turn.steps.map(spentByStep).reduce(plus, ZERO)

export const spentBySession = (state: SessionState): Spend =>
  state.open ? plus(state.spent, spentByTurn(state.open)) : state.spent

/** Whether `more` still fits under `limit` after `spent`. */
export const fits = (limit: Allowance | undefined, spent: Spend, more: Spend): boolean =>
  (limit?.microUsd === undefined || spent.microUsd + more.microUsd <= limit.microUsd) &&
  (limit?.tokens === undefined || spent.tokens + more.tokens <= limit.tokens)
