import type { Reasoning, ReasoningEffort } from '@nacre/types'

/** Between words and tokens, for vendors that know only the one or the other. */

const TOKENS: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 1024,
  low: 4096,
  medium: 8192,
  high: 16_384,
  max: 32_768,
}

/** A budget in tokens; 0 is no thinking. */
export const budgetOf = (reasoning: Reasoning): number =>
  'effort' in reasoning ? TOKENS[reasoning.effort] : Math.max(0, Math.trunc(reasoning.budgetTokens))

/** The word whose budget is the smallest that is not below the one given. */
export function effortOf(reasoning: Reasoning): ReasoningEffort {
  if ('effort' in reasoning) return reasoning.effort
  const words = Object.keys(TOKENS) as ReasoningEffort[]
  return words.find((word) => TOKENS[word] >= reasoning.budgetTokens) ?? 'max'
}

/** The three words that every reasoning model knows. */
export function plainEffort(reasoning: Reasoning): 'low' | 'medium' | 'high' {
  const effort = effortOf(reasoning)
  if (effort === 'none' || effort === 'minimal') return 'low'
  return effort === 'max' ? 'high' : effort
}
