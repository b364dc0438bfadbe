import type { TuiSettings } from '@nacre/tui'
import { Fault } from '@nacre/types'
import { aroundOf } from '../commands/around.js'
import type { CommandContext } from '../commands/context.js'

/** What a person chose in tui.toml. What is wrong with it is told, and the usual keys and colours are used. */
export async function terminalSettings(context: CommandContext): Promise<TuiSettings> {
  const { loadTuiConfig } = await import('../config/load-tui.js')
  try {
    const { theme, keymap } = await loadTuiConfig(aroundOf(context))
    return { keymap, ...(theme !== 'auto' && { theme }), problems: [] }
  } catch (error) {
    if (error instanceof Fault) return { problems: error.message.split('\n') }
    throw error
  }
}
