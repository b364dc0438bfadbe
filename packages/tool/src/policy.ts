import type { SafetyClass } from '@nacre/types'
import type { Tool } from './tool.js'

export type Verdict = 'allow' | 'ask' | 'deny'
/**
 * What happens to a call: by its tool's safety class, and by its tool's name, whichever is stricter. It restrains the
 * model, not a stolen guest.
 */
export type Policy = Readonly<Record<SafetyClass, Verdict>> & { readonly tools?: Readonly<Record<string, Verdict>> }

/** Looking and changing the workspace are allowed; anything else asks the user. */
export const DEFAULT_POLICY: Policy = { 'read-only': 'allow', 'side-effecting': 'allow', privileged: 'ask' }

export function judge(policy: Policy, tool: Tool): Verdict {
  return stricter(policy[tool.safety], policy.tools?.[tool.name] ?? 'allow')
}

const STRICTNESS: Readonly<Record<Verdict, number>> = { allow: 0, ask: 1, deny: 2 }

const stricter = (a: Verdict, b: Verdict): Verdict => (STRICTNESS[a] < STRICTNESS[b] ? b : a)
