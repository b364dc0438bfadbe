import type { CommandContext } from '../commands/context.js'

/**
 * What a check found. A `problem` must be mended before everything works; a `warning` should be known; a `fact` is neither
 * good nor bad. Holds no secret.
 */
export type Finding = {
  readonly check: string
  readonly severity: 'ok' | 'fact' | 'warning' | 'problem'
  readonly text: string
  /** What to do about it; every problem and warning has one. */
  readonly mend?: string
}

/** What the checks look at: the command's context, and the world. */
export type Scene = {
  readonly context: CommandContext
  readonly cwd: string
  readonly now: () => number
  readonly nodeVersion: string
  readonly isTerminal: boolean
}

export type Check = { readonly name: string; readonly run: (scene: Scene) => Promise<readonly Said[]> }

/** A finding before it has its check's name. */
export type Said = Omit<Finding, 'check'>

export const ok = (text: string): Said => ({ severity: 'ok', text })
export const fact = (text: string): Said => ({ severity: 'fact', text })
export const warning = (text: string, mend: string): Said => ({ severity: 'warning', text, mend })
export const problem = (text: string, mend: string): Said => ({ severity: 'problem', text, mend })
