import type { VendorName } from './vendors.js'

/** A harness of the control plane: the key under which its provider is configured, and what that usually is. */
export type Harness = {
  readonly provider: string
  readonly types: readonly (VendorName | 'cli')[]
  /** A part of the model names that mean it. */
  readonly marks: string
}

/** In the order in which a model's name is looked through. */
export const HARNESSES = {
  'claude-code': { provider: 'claude', types: ['anthropic', 'cli'], marks: 'claude' },
  codex: { provider: 'codex', types: ['openai_responses', 'cli'], marks: 'codex' },
  glm: { provider: 'glm', types: ['zai'], marks: 'glm' },
  kimi: { provider: 'kimi', types: ['moonshot'], marks: 'kimi' },
  'gemini-cli': { provider: 'gemini', types: ['gemini', 'cli'], marks: 'gemini' },
  custom: { provider: 'custom', types: ['openai_compatible'], marks: '' },
} as const satisfies Readonly<Record<string, Harness>>
export type HarnessName = keyof typeof HARNESSES

/** The harness that a model's name means: the first whose mark is in it, whatever the case; `custom` is in all. */
export function harnessOf(model: string): HarnessName {
  const name = model.toLowerCase()
  const names = Object.keys(HARNESSES) as HarnessName[]
  return names.find((one) => name.includes(HARNESSES[one].marks)) ?? 'custom'
}
