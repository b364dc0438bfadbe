import type { Client, LiftedEvent } from '@nacre/client'
import { isUnknown } from '@nacre/client'

/** What a session used up to and including `seq`, as the gateway counted it, and what is left of its budgets. */
export type SessionUsage = Awaited<ReturnType<Client['usage']>>
type Slice = NonNullable<SessionUsage['budget']['turn']>

/** What a step that was finished after that adds, until the gateway counts anew. */
export function counted(usage: SessionUsage, event: LiftedEvent): SessionUsage {
  if (isUnknown(event) || event.type !== 'step.finished' || event.seq <= usage.seq) return usage
  const { usage: tokens, spent } = event
  const spend = (slice: Slice | undefined): Slice | undefined =>
    slice && {
      ...slice,
      spent_micro_usd: slice.spent_micro_usd + (spent?.microUsd ?? 0),
      spent_tokens: slice.spent_tokens + (spent?.tokens ?? 0),
    }
  // In the day an open turn stands with all that it was granted: its steps are in there already.
  const [inTurn, inSession] = [spend(usage.budget.turn), spend(usage.budget.session)]
  return {
    ...usage,
    seq: event.seq,
    calls: usage.calls + 1,
    input_tokens: usage.input_tokens + (tokens?.inputTokens ?? 0),
    cache_read_tokens: usage.cache_read_tokens + (tokens?.cacheReadTokens ?? 0),
    output_tokens: usage.output_tokens + (tokens?.outputTokens ?? 0),
    ...(usage.cost_micro_usd !== undefined && { cost_micro_usd: usage.cost_micro_usd + (spent?.microUsd ?? 0) }),
    uncounted_calls: usage.uncounted_calls + (tokens ? 0 : 1),
    budget: { ...usage.budget, ...(inTurn && { turn: inTurn }), ...(inSession && { session: inSession }) },
  }
}

/** The budget of which least is left, in dollars, and whose it is. */
export function leastLeft({ budget }: SessionUsage): { readonly microUsd: number; readonly whose: string } | undefined {
  const left = Object.entries(budget).flatMap(([whose, slice]) =>
    slice?.limit_micro_usd === undefined
      ? []
      : [{ whose, microUsd: Math.max(0, slice.limit_micro_usd - slice.spent_micro_usd) }],
  )
  return left.toSorted((a, b) => a.microUsd - b.microUsd)[0]
}
