import type { Reasoning } from '@nacre/types'
import { effortOf, plainEffort } from './effort.js'

/** What OpenAI's APIs want to be told otherwise, by the model's name. */

/** OpenAI's newer models, which want the answer's limit under a new name. */
export const refusesMaxTokens = (model: string): boolean => /(^|\/)(o\d|gpt-([5-9]|\d\d)|codex)/i.test(model)

/** Those of them that think, and give their thoughts encrypted. */
export const isReasoningModel = (model: string): boolean => refusesMaxTokens(model) && !/-chat\b/i.test(model)

/** The nearest effort that the model knows: each generation has words of its own. */
export function openAiEffort(model: string, reasoning: Reasoning): string {
  const effort = effortOf(reasoning)
  const minor = /gpt-5(?:\.(\d+))?/i.exec(model)
  if (minor === null) return plainEffort(reasoning)
  const generation = Number(minor[1] ?? 0)
  if (effort === 'max') return generation >= 2 ? 'xhigh' : 'high'
  if (generation === 0) return effort === 'none' ? 'minimal' : effort
  return effort === 'minimal' ? 'low' : effort
}
