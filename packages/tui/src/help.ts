import { COMMANDS } from './commands.js'
import { BLANK, type Line, line } from './drawn/line.js'
import { ACTIONS, type Action } from './typed/actions.js'
import { type Keymap, keysOf } from './typed/keymap.js'

/** What can be typed. */
export const helpLines = (columns: number): Line[] => [
  BLANK,
  ...COMMANDS.flatMap(({ name, argument, does }) => entry(`/${name} ${argument}`.trimEnd(), does, columns)),
  BLANK,
  line('Type @ for a file of the workspace, Tab completes. /help keys shows what every key does.', 'dim'),
  line('A line that begins with / is never sent; put a space in front of it to send it.', 'dim'),
]

/** What every key does, as they are bound now. */
export const keyLines = (keymap: Keymap, columns: number): Line[] => [
  BLANK,
  ...ACTIONS.flatMap(({ action, does }) => {
    const keys = keysOf(keymap, action)
    return keys.length === 0 ? [] : entry(keys.slice(0, 2).join(' '), does, columns)
  }),
  line('Others are chosen in tui.toml, under [keys].', 'dim'),
]

const COLUMN = 27
/** In fewer columns what something does stands below it. */
const BESIDE_COLUMNS = 60

function entry(what: string, does: string, columns: number): Line[] {
  if (columns < BESIDE_COLUMNS) return [line(what, 'plain', 2), line(`    ${does}`, 'dim', 4)]
  if (what.length < COLUMN) return [line(what.padEnd(COLUMN) + does, 'plain', COLUMN)]
  return [line(what, 'plain', 2), line(' '.repeat(COLUMN) + does, 'plain', COLUMN)]
}

const SHORT: Readonly<Record<string, string>> = { escape: 'Esc', enter: 'Enter', tab: 'Tab' }

/** An action by its first key, as a hint: `Esc cancels`. Nothing where no key does it. */
export function hint(keymap: Keymap, action: Action, does: string): readonly string[] {
  const key = keysOf(keymap, action)[0]
  return key === undefined ? [] : [`${SHORT[key] ?? key} ${does}`]
}
