import type { Press } from './keys.js'
import { nearest } from './nearest.js'

const MODIFIERS = ['ctrl', 'alt', 'shift'] as const
const NAMES = [
  ...['enter', 'tab', 'escape', 'backspace', 'delete', 'insert', 'space', 'up', 'down', 'left', 'right', 'home', 'end'],
  ...['pageup', 'pagedown', ...Array.from({ length: 12 }, (_, index) => `f${index + 1}`)],
]
/** Chords that most terminals send as another key. */
const SAME: Readonly<Record<string, string>> = {
  'ctrl-i': 'tab',
  'ctrl-m': 'enter',
  'ctrl-[': 'escape',
  'ctrl-h': 'backspace',
}
const SPELLINGS: Readonly<Record<string, string>> = {
  control: 'ctrl',
  meta: 'alt',
  option: 'alt',
  esc: 'escape',
  return: 'enter',
  del: 'delete',
  ins: 'insert',
}

/** How a press is written, such as `ctrl-alt-left`: modifiers in this order, then the name. */
export const chordOf = (press: Press): string =>
  [...MODIFIERS.filter((modifier) => press[modifier]), press.name].join('-')

type Problem = { readonly message: string; readonly mend: string }

/** A chord that a person wrote, as `chordOf` writes it; modifiers in any order, `+` as good as `-`. */
export function parseChord(written: unknown): { readonly chord: string } | Problem {
  if (typeof written !== 'string' || written === '' || written.length > 64)
    return { message: 'A key is a short text.', mend: 'Write one such as "ctrl-x" or "alt-enter", or a list of them.' }
  const joined = written.replace(/page[-+_ ](up|down)$/iu, 'page$1')
  const [, prefix = '', last = ''] = /^((?:[a-z]+[-+])*)([\s\S]+)$/iu.exec(joined) ?? []
  const modifiers = prefix.toLowerCase().split(/[-+]/u).filter(Boolean).map(spelled)
  const unknown = modifiers.find((modifier) => !MODIFIERS.some((known) => known === modifier))
  if (unknown !== undefined) return noSuch(`modifier "${unknown}"`, nearest(unknown, MODIFIERS))
  const name = spelled(last.toLowerCase())
  if (!isKey(name)) return noSuch(`key "${last}"`, nearest(name, NAMES))
  const has = (modifier: string) => modifiers.includes(modifier)
  // An upper case letter behind alt is written for shift; Ctrl+X is just a way to write ctrl-x.
  const shift = has('shift') || (isSingle(name) && !has('ctrl') && last !== last.toLowerCase())
  const chord = chordOf({ type: 'press', name, ctrl: has('ctrl'), alt: has('alt'), shift })
  if (!has('ctrl') && !has('alt') && (isSingle(name) || name === 'space'))
    return { message: `"${written}" is typed as text.`, mend: `Put a modifier before it, such as alt-${name}.` }
  const same = SAME[chord]
  return same
    ? { message: `Most terminals cannot tell ${chord} from ${same}.`, mend: `Write "${same}", or choose another key.` }
    : { chord }
}

const noSuch = (what: string, meant: string): Problem => ({
  message: `There is no ${what}.`,
  mend: `Did you mean ${meant}?`,
})

const spelled = (word: string): string => SPELLINGS[word] ?? word
const isSingle = (name: string): boolean => [...name].length === 1 && !/[\s\p{Cc}]/u.test(name)
const isKey = (name: string): boolean => NAMES.includes(name) || isSingle(name)
