import { COMMANDS } from './commands.js'
import { BLANK, type Line, line } from './drawn/line.js'
import { ACTIONS, type Action } from './typed/actions.js'
import { type Keymap, keysOf } from './typed/keymap.js'

/** What can be typed. */
export const helpLines = (): Line[] => [
  BLANK,
  ...COMMANDS.map(({ name, argument, does }) => helpLine(`/${name} ${argument}`.trimEnd(), does)),
  BLANK,
  line('Type @ for a file of the workspace, Tab completes. /help keys shows what every key does.', 'dim'),
  line('A line that begins with / is never sent; put a space in front of it to send it.', 'dim'),
]

/** What every key does, as they are bound now. */
export const keyLines = (keymap: Keymap): Line[] => [
  BLANK,
  ...ACTIONS.flatMap(({ action, does }) => {
    const keys = keysOf(keymap, action)
    return keys.length === 0 ? [] : [helpLine(keys.slice(0, 2).join(' '), does)]
  }),
  line('Others are chosen in tui.toml, under [keys].', 'dim'),
]

const COLUMN = 26
const helpLine = (what: string, does: string): Line => line(`${what.padEnd(COLUMN)} ${does}`, 'plain', COLUMN + 1)

const SHORT: Readonly<Record<string, string>> = { escape: 'Esc', enter: 'Enter', tab: 'Tab' }

/** An action by its first key, as a hint: `Esc cancels`. Nothing where no key does it. */
export function hint(keymap: Keymap, action: Action, does: string): readonly string[] {
  const key = keysOf(keymap, action)[0]
  return key === undefined ? [] : [`${SHORT[key] ?? key} ${does}`]
}
