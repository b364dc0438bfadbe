import { Fault } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import { type CommandContext, print } from './context.js'

const SHELLS = ['bash', 'zsh', 'fish'] as const

/** Prints what makes a shell complete commands, flags, sessions and users. */
export async function completion({ words, program, table }: CommandContext): Promise<number> {
  const shell = SHELLS.find((name) => name === words[0])
  if (shell === undefined)
    throw new Fault('invalid_input', `There are completions for ${SHELLS.join(', ')}; not for '${words[0]}'.`, {
      mend: `For example: ${program} completion bash`,
    })
  const { completionFor } = await import('../command-line/completion.js')
  print(completionFor(shell, table))
  return EXIT.ok
}
