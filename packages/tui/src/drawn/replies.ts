import type { Colours } from './theme.js'
import type { Place } from './window.js'

/** What a terminal has answered to our questions. */
export type Reply =
  | { readonly type: 'synchronized'; readonly supported: boolean }
  | { readonly type: 'background'; readonly background: Colours['background'] }
  /** In which row the cursor is, counted from 1, and how many columns there are. */
  | ({ readonly type: 'place' } & Place)
  /** Every terminal answers this one, and it is asked last: what was not answered before will not be. */
  | { readonly type: 'done' }

const ESC = '\u001b'
/** Synchronized output (mode 2026), the background (OSC 11), and what it is (DA1). */
export const QUESTIONS = `${ESC}[?2026$p${ESC}]11;?${ESC}\\${ESC}[c`
/** Where the cursor is (DSR 6), asked in the last column. */
export const PLACE_QUESTION = `${ESC}7${ESC}[9999C${ESC}[6n${ESC}8`

const PLACE = new RegExp(`^${ESC}\\[(\\d+);(\\d+)R$`, 'u')
const MODE = new RegExp(`^${ESC}\\[\\?2026;([0-4])\\$y$`, 'u')
const BACKGROUND = new RegExp(`^${ESC}\\]11;rgb:([0-9a-fA-F]{2,4})/([0-9a-fA-F]{2,4})/([0-9a-fA-F]{2,4})`, 'u')
const ATTRIBUTES = new RegExp(`^${ESC}\\[\\?[0-9;]*c$`, 'u')

/** What a whole sequence from the terminal says, if it is an answer. */
export function replyOf(sequence: string): Reply | undefined {
  const mode = MODE.exec(sequence)?.[1]
  // Set or reset, and not for ever so: it knows the mode.
  if (mode !== undefined) return { type: 'synchronized', supported: mode === '1' || mode === '2' }
  const [, row, columns] = PLACE.exec(sequence) ?? []
  if (row !== undefined) return { type: 'place', row: Number(row), columns: Number(columns) }
  if (ATTRIBUTES.test(sequence)) return { type: 'done' }
  const [, ...rgb] = BACKGROUND.exec(sequence) ?? []
  if (rgb.length !== 3) return undefined
  const [red = 0, green = 0, blue = 0] = rgb.map((hex) => Number.parseInt(hex, 16) / (16 ** hex.length - 1))
  // How bright people see it (ITU-R BT.601).
  return { type: 'background', background: 0.299 * red + 0.587 * green + 0.114 * blue < 0.5 ? 'dark' : 'light' }
}
