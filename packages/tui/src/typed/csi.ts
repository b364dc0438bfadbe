import type { Key } from './keys.js'
import { character, type Modifiers, press } from './press.js'

/** Keys by their final letter, in CSI and in SS3. */
export const LETTERS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  E: 'begin',
  F: 'end',
  H: 'home',
  M: 'enter',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
}
const NUMBERS: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
}
const CODES: Readonly<Record<number, string>> = {
  8: 'backspace',
  9: 'tab',
  10: 'enter',
  13: 'enter',
  27: 'escape',
  32: 'space',
  127: 'backspace',
  // The keypad in kitty's protocol (its "functional key definitions").
  57414: 'enter',
  57417: 'left',
  57418: 'right',
  57419: 'up',
  57420: 'down',
  57421: 'pageup',
  57422: 'pagedown',
  57423: 'home',
  57424: 'end',
  57425: 'insert',
  57426: 'delete',
}
const KEYPAD = '0123456789./*-+'
const KEYPAD_FIRST = 57399
const PRIVATE_USE = { from: 0xe000, to: 0xf8ff }

/** The key that a whole control sequence (Escape, `[`, … ) is; none for what means nothing here. */
export function csiKey(sequence: string): { key?: Key } {
  const final = sequence.slice(-1)
  const body = sequence.slice(2, -1)
  if (body === '[') return { key: press(`f${final.charCodeAt(0) - 64}`) }
  // What a terminal answers has a private mark before it.
  if (body.startsWith('?')) return { key: { type: 'reply', text: sequence } }
  if (!/^[\d:;]*$/u.test(body)) return {}
  const fields = body.split(';').map((field) => field.split(':').map(Number))
  const [first = 1] = fields[0] ?? []
  // Where the cursor is. In the first row it would look like F3 with a modifier, and is taken for that.
  if (final === 'R' && first > 1) return { key: { type: 'reply', text: sequence } }
  if (final === 'u') return codeKey(fields[0] ?? [], fields[1], fields[2])
  if (final === '~' && first === 27) return codeKey(fields[2] ?? [], fields[1], undefined)
  const modifiers = modifiersOf(fields[1])
  if (final === 'Z') return modifiers ? { key: press('tab', { ...modifiers, shift: true }) } : {}
  const name = final === '~' ? NUMBERS[first] : LETTERS[final]
  return name && modifiers ? { key: press(name, modifiers) } : {}
}

/** Kitty's CSI u and xterm's modifyOtherKeys: a code point, its modifiers, and where told the text that it makes. */
function codeKey(
  [code = 0, shifted]: number[],
  field: number[] | undefined,
  text: number[] | undefined,
): { key?: Key } {
  const modifiers = modifiersOf(field)
  if (modifiers === undefined) return {}
  const name = CODES[code]
  const char = KEYPAD[code - KEYPAD_FIRST] ?? (isCharacter(code) ? String.fromCodePoint(code) : undefined)
  const simple = !modifiers.ctrl && !modifiers.alt
  if (char === undefined || (name !== undefined && !(simple && name === 'space')))
    return name ? { key: press(name, modifiers) } : {}
  const other = shifted !== undefined && isCharacter(shifted) ? String.fromCodePoint(shifted) : char.toUpperCase()
  // Behind alt, < is <, and not shift with a comma.
  if (!simple && modifiers.shift && other.toLowerCase() !== char)
    return { key: character(other, { ...modifiers, shift: false }) }
  if (!simple) return { key: character(char, modifiers) }
  const typed = (text ?? []).filter(isCharacter)
  if (typed.length > 0) return { key: { type: 'text', text: String.fromCodePoint(...typed) } }
  return { key: { type: 'text', text: modifiers.shift ? other : char } }
}

const isCharacter = (code: number): boolean =>
  code <= 0x10ffff &&
  !(code >= PRIVATE_USE.from && code <= PRIVATE_USE.to) &&
  !(code >= 0xd800 && code <= 0xdfff) &&
  !/\p{Cc}/u.test(String.fromCodePoint(code))

/** Undefined for a key that is let go, and for Super and its like, which mean nothing here. */
function modifiersOf(field: readonly number[] | undefined): Modifiers | undefined {
  const [value = 1, event = 1] = field ?? []
  const bits = Math.max(0, (value || 1) - 1)
  if (event === 3 || (bits & 0b111000) !== 0) return undefined
  return { shift: (bits & 1) !== 0, alt: (bits & 2) !== 0, ctrl: (bits & 4) !== 0 }
}
