import type { Keymap } from './keymap.js'
import type { Colours } from './theme.js'

/** What a person has chosen for their terminal. `problems` are told, and what they are about is as usual. */
export type TuiSettings = {
  readonly keymap?: Keymap
  /** Without it the terminal is asked. */
  readonly background?: Exclude<Colours['background'], 'unknown'>
  readonly problems: readonly string[]
}
