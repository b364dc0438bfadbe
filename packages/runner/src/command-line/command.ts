import type { CommandContext } from '../commands/context.js'
import type { ExitName } from './exit.js'
import type { Completion, FlagName, Flags } from './flags.js'

/**
 * One command as data: parsing, help, completions, docs/cli.md and the tests come from it. Loading it loads nothing that it
 * needs to run.
 */
export type Command = {
  /** `status`, `sessions rename`, or the flag that stands for one: `--tui`. */
  readonly name: string
  /** One line, without a full stop. */
  readonly summary: string
  /** What is to be known beside the flags, as sentences. */
  readonly about?: string
  readonly args?: readonly Argument[]
  /** The command that was meant by who names one of what this one shows all of. */
  readonly ofOne?: string
  /** Beside the global ones; each with what it does here. */
  readonly flags?: Partial<Readonly<Record<FlagName, string>>>
  /** At least one; without the program's name. */
  readonly examples: readonly Example[]
  /** Beside `ok` and `usage`, which every command may give. */
  readonly exits?: readonly ExitName[]
  /** Where it takes --json: one object, or one a line. Its schema is `docs/schemas/<name>.json`. */
  readonly json?: 'object' | 'lines'
  /** Not told of, as what only shells ask. */
  readonly hidden?: true
  /** Whether it asks of no single user, so that nobody has to be named. */
  readonly ofNobody?: (flags: Flags) => boolean
  /** Whether it says itself what is wrong with where things are to lie. */
  readonly diagnoses?: true
  readonly load: () => Promise<(context: CommandContext) => Promise<number>>
}

/** A word of the command line. Only the last may be `rest`: any number of words, and flags after them. */
export type Argument = {
  readonly name: string
  readonly what: string
  readonly need: 'needed' | 'optional' | 'rest'
  readonly complete?: Completion
}

type Example = { readonly line: string; readonly says: string }

/** Commands that share their first word. `otherwise` is meant where that word stands alone. */
export type Group = { readonly name: string; readonly summary: string; readonly otherwise?: string }

export type Section = { readonly title: string; readonly commands: readonly Command[] }

export type Table = { readonly commands: readonly Command[]; readonly groups: readonly Group[] }
