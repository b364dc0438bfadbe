import { parseKeymap, type TuiSettings } from '@nacre/tui'
import { Fault } from '@nacre/types'
import type { CommandContext } from '../commands/context.js'

/** What a person chose in tui.toml. What is wrong with it is told, and the usual keys and colours are used. */
export async function terminalSettings({ env, home, flags }: CommandContext): Promise<TuiSettings> {
  const { loadTuiConfig } = await import('../config/load-tui.js')
  try {
    const { theme, keys } = await loadTuiConfig({ env, home, cwd: process.cwd(), flags })
    const parsed = parseKeymap(keys)
    if ('problems' in parsed)
      return { problems: parsed.problems.map(({ where, message, mend }) => `tui.toml, ${where}: ${message} ${mend}`) }
    return { keymap: parsed.keymap, ...(theme !== 'auto' && { theme }), problems: [] }
  } catch (error) {
    if (error instanceof Fault) return { problems: [error.message] }
    throw error
  }
}
