import type { Key, Press } from './keys.js'

type Found = { readonly length: number; readonly key?: Key }
type Modifiers = Pick<Press, 'ctrl' | 'alt' | 'shift'>

const ESC = '\u001b'
/** A sequence that has no end within so many units is swallowed so far, and what follows is taken for itself. */
const CSI_LIMIT = 128
const STRING_LIMIT = 4096
const CSI = new RegExp(`${ESC}\\[(?:\\[[A-E]|(?!\\[)[0-?]{0,${CSI_LIMIT}}[ -/]{0,4}[@-~])`, 'uy')
const CSI_BEGUN = new RegExp(`${ESC}\\[(?:\\[?|[0-?]{0,${CSI_LIMIT}}[ -/]{0,4})$`, 'uy')
const CSI_BROKEN = new RegExp(`${ESC}\\[(?:\\[|[0-?]{0,${CSI_LIMIT}}[ -/]{0,4})`, 'uy')
const SS3 = new RegExp(`${ESC}O([@-~])`, 'uy')
/** What a terminal answers (OSC, DCS, APC); it ends by BEL or ST. */
const STRING = new RegExp(`${ESC}[\\]P_][^\\u0007${ESC}]{0,${STRING_LIMIT}}(?:\\u0007|${ESC}\\\\)`, 'uy')
const STRING_BEGUN = new RegExp(`${ESC}[\\]P_][^\\u0007${ESC}]{0,${STRING_LIMIT}}${ESC}?$`, 'uy')

const LETTERS: Readonly<Record<string, string>> = {
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

/** The sequence that begins with the Escape at `at`; undefined while it can still go on. */
export function sequenceAt(text: string, at: number): Found | undefined {
  const next = text[at + 1]
  if (next === undefined) return undefined
  if (next === '[') return csiAt(text, at)
  if (next === 'O') return ss3At(text, at)
  if (next === ']' || next === 'P' || next === '_') return stringAt(text, at)
  if (next === ESC) return doubleAt(text, at)
  const char = String.fromCodePoint(text.codePointAt(at + 1) ?? 0)
  const key = alone(char)
  return { length: 1 + char.length, ...(key && { key: alt(key) }) }
}

/** What an unfinished sequence was, after all: nothing more came behind its Escape. */
export function unfinishedKeys(text: string): Key[] {
  if (text === '') return []
  if (text === ESC) return [press('escape')]
  if (text.startsWith(ESC + ESC)) return [press('escape'), ...unfinishedKeys(text.slice(1))]
  const key = text.length === 2 ? alone(text.slice(1)) : undefined
  return key ? [alt(key)] : []
}

/** A key that is one control character. */
export function controlKey(code: number): Press | undefined {
  if (code === 0x0d) return press('enter')
  if (code === 0x09) return press('tab')
  if (code === 0x7f || code === 0x08) return press('backspace')
  if (code === 0x00) return press('space', { ctrl: true })
  if (code >= 0x1c && code <= 0x1f) return press(String.fromCharCode(code + 64), { ctrl: true })
  return code >= 1 && code <= 26 ? press(String.fromCharCode(code + 96), { ctrl: true }) : undefined
}

function press(name: string, modifiers: Partial<Modifiers> = {}): Press {
  return { type: 'press', name, ctrl: false, alt: false, shift: false, ...modifiers }
}

const alt = (key: Press): Press => ({ ...key, alt: true })

/** One character as the press that it is behind an Escape. LF there is Enter: so some terminals say shift-Enter. */
function alone(char: string): Press | undefined {
  if (char === '\n') return press('enter')
  return /^\p{Cc}/u.test(char) ? controlKey(char.charCodeAt(0)) : character(char, NONE)
}

const NONE: Modifiers = { ctrl: false, alt: false, shift: false }

function character(char: string, modifiers: Modifiers): Press {
  const lower = char.toLowerCase()
  const name = char === ' ' ? 'space' : lower
  return press(name, { ...modifiers, shift: modifiers.shift || lower !== char })
}

/** Escape Escape: some terminals say alt so before a sequence; otherwise the first is a key of its own. */
function doubleAt(text: string, at: number): Found | undefined {
  const next = text[at + 2]
  if (next === undefined) return undefined
  if (next !== '[' && next !== 'O') return { length: 1, key: press('escape') }
  const inner = sequenceAt(text, at + 1)
  if (inner === undefined) return undefined
  return { length: inner.length + 1, ...(inner.key?.type === 'press' && { key: alt(inner.key) }) }
}

function ss3At(text: string, at: number): Found | undefined {
  if (text[at + 2] === undefined) return undefined
  const letter = match(SS3, text, at)?.[1]
  if (letter === undefined) return { length: 2, key: press('o', { alt: true, shift: true }) }
  const name = LETTERS[letter]
  return { length: 3, ...(name && { key: press(name) }) }
}

function stringAt(text: string, at: number): Found | undefined {
  const whole = match(STRING, text, at)?.[0]
  if (whole !== undefined) return { length: whole.length, key: { type: 'reply', text: whole } }
  if (match(STRING_BEGUN, text, at)) return undefined
  return { length: 2, key: alt(character(text[at + 1] ?? '', NONE)) }
}

function csiAt(text: string, at: number): Found | undefined {
  const whole = match(CSI, text, at)?.[0]
  if (whole !== undefined) return { length: whole.length, ...csiKey(whole) }
  if (match(CSI_BEGUN, text, at)) return undefined
  return { length: match(CSI_BROKEN, text, at)?.[0].length ?? 2 }
}

function match(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at
  return sticky.exec(text)
}

function csiKey(sequence: string): { key?: Key } {
  const final = sequence.slice(-1)
  const body = sequence.slice(2, -1)
  if (body === '[') return { key: press(`f${final.charCodeAt(0) - 64}`) }
  // What a terminal answers has a private mark before it.
  if (body.startsWith('?')) return { key: { type: 'reply', text: sequence } }
  if (!/^[\d:;]*$/u.test(body)) return {}
  const fields = body.split(';').map((field) => field.split(':').map(Number))
  const [first = 1] = fields[0] ?? []
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
  if (modifiers === undefined || code > 0x10ffff) return {}
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
