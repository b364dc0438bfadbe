import type { Keymap } from './typed/keymap.js'

/** What a person has chosen for their terminal. `problems` are told, and what they are about is as usual. */
export type TuiSettings = {
  readonly keymap?: Keymap
  /** Without it the terminal is asked how bright it is. */
  readonly theme?: 'dark' | 'light' | 'none'
  readonly problems: readonly string[]
}
