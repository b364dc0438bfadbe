import { csiKey, LETTERS } from './csi.js'
import type { Key, Press } from './keys.js'
import { character, NO_MODIFIERS, press } from './press.js'

type Found = { readonly length: number; readonly key?: Key }

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

const alt = (key: Press): Press => ({ ...key, alt: true })

/** One character as the press that it is behind an Escape. LF there is Enter: so some terminals say shift-Enter. */
function alone(char: string): Press | undefined {
  if (char === '\n') return press('enter')
  return /^\p{Cc}/u.test(char) ? controlKey(char.charCodeAt(0)) : character(char, NO_MODIFIERS)
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
  return { length: 2, key: alt(character(text[at + 1] ?? '', NO_MODIFIERS)) }
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
