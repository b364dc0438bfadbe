import type { SafetyClass } from '@nacre/types'
import type { Tool } from './tool.js'

export type Verdict = 'allow' | 'ask' | 'deny'
/** What happens to a call, by its tool's safety class. It restrains the model, not a stolen guest. */
export type Policy = Readonly<Record<SafetyClass, Verdict>>

/** Looking and changing the workspace are allowed; anything else asks the user. */
export const DEFAULT_POLICY: Policy = { 'read-only': 'allow', 'side-effecting': 'allow', privileged: 'ask' }

export function judge(policy: Policy, tool: Tool): Verdict {
  return policy[tool.safety]
}
