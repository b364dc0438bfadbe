import type { Spend, Usage } from '@nacre/types'
import type { StepFinished, StepStarted } from './event.js'
import { isUnknown, type LiftedEvent } from './lift.js'
import { ZERO } from './spend.js'

/** What model calls have used, as their vendors counted it. */
export type Use = {
  /** Calls that used something; one that was refused or never reached its vendor is none. */
  readonly calls: number
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  readonly microUsd: number
  /** Calls whose tokens nobody counted: in `microUsd` they stand with all that was reserved for them. */
  readonly uncounted: number
}
/** `day` is in UTC. */
export type UseRow = Use & { readonly day: string; readonly provider: string; readonly model: string }

/** The fold of one session's steps: what each day and model used. What a fork copied was used in the original. */
export type Uses = { readonly open?: StepStarted; readonly rows: readonly UseRow[] }

export const NO_USES: Uses = { rows: [] }
export const NO_USE: Use = {
  calls: 0,
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  microUsd: 0,
  uncounted: 0,
}

export function applyUses(uses: Uses, event: LiftedEvent): Uses {
  if (isUnknown(event)) return uses
  switch (event.type) {
    case 'session.forked':
      return NO_USES
    case 'step.started':
      return { ...uses, open: event }
    case 'step.finished': {
      const { open, rows } = uses
      return open?.step === event.step ? { rows: withRow(rows, rowOf(open, event, event.at)) } : uses
    }
    default:
      return uses
  }
}

export const addUse = (a: Use, b: Use): Use => ({
  calls: a.calls + b.calls,
  inputTokens: a.inputTokens + b.inputTokens,
  cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
  cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  reasoningTokens: a.reasoningTokens + b.reasoningTokens,
  microUsd: a.microUsd + b.microUsd,
  uncounted: a.uncounted + b.uncounted,
})

function rowOf(started: StepStarted, { usage, spent, by = started }: StepFinished, at: number): UseRow {
  const { provider, model } = by
  return {
    day: new Date(at).toISOString().slice(0, 10),
    provider,
    model,
    ...useOf(usage, spent ?? started.reserved ?? ZERO),
  }
}

function useOf(usage: Usage | undefined, spent: Spend): Use {
  const { microUsd } = spent
  if (usage === undefined)
    return spent.microUsd + spent.tokens === 0 ? NO_USE : { ...NO_USE, calls: 1, uncounted: 1, microUsd }
  const { inputTokens, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0, reasoningTokens = 0 } = usage
  return {
    calls: 1,
    inputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    outputTokens,
    reasoningTokens,
    microUsd,
    uncounted: 0,
  }
}

function withRow(rows: readonly UseRow[], row: UseRow): readonly UseRow[] {
  if (row.calls === 0) return rows
  const same = ({ day, provider, model }: UseRow) => day === row.day && provider === row.provider && model === row.model
  return rows.some(same)
    ? rows.map((known) => (same(known) ? { ...known, ...addUse(known, row) } : known))
    : [...rows, row]
}
