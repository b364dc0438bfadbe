import type { GenerateRequest, JsonObject } from '@nacre/types'
import { budgetOf, effortOf } from './effort.js'

/** Anthropic wants a limit with every request; this is it where the request names none. */
const ANTHROPIC_MAX_TOKENS = 8192

/** Neither a budget nor what is left of the limit beside it is smaller. */
const LEAST_TOKENS = 1024

/** The limit of a Messages request and how it asks for thought, which count together. */
export type Thinking = {
  readonly maxTokens: number
  readonly thinking?: JsonObject
  readonly effort?: string
}

/**
 * Newer models think as much as they find right, and are told an effort; older ones are given a budget. A budget
 * raises the limit that we chose ourselves, and is cut to fit into one that the request named. Where the calls that
 * are being answered were made without a thought (`unbroken` is false) a budget is refused, so none is given.
 */
export function thinkingOf({ model, reasoning, maxOutputTokens }: GenerateRequest, unbroken: boolean): Thinking {
  const maxTokens = maxOutputTokens ?? ANTHROPIC_MAX_TOKENS
  if (reasoning === undefined) return { maxTokens }
  const wanted = budgetOf(reasoning)
  if (wanted === 0) return { maxTokens, thinking: { type: 'disabled' } }
  if ('effort' in reasoning && thinksByItself(model)) {
    const effort = effortOf(reasoning)
    return { maxTokens, thinking: { type: 'adaptive' }, effort: effort === 'minimal' ? 'low' : effort }
  }
  if (!unbroken) return { maxTokens }
  const room = maxOutputTokens === undefined ? wanted + maxTokens : maxTokens
  const budget = Math.min(Math.max(wanted, LEAST_TOKENS), room - LEAST_TOKENS)
  if (budget < LEAST_TOKENS) return { maxTokens }
  return { maxTokens: room, thinking: { type: 'enabled', budget_tokens: budget } }
}

/** From generation 4.6 on. */
function thinksByItself(model: string): boolean {
  const [, generation, minor] = /claude-(?:[a-z]+-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(model) ?? []
  if (generation === undefined) return false
  return Number(generation) > 4 || (Number(generation) === 4 && Number(minor ?? 0) >= 6)
}
