/** What may stand at each place of a written secret: a string of the characters that are equal there, such as `bB`. */
export type Form = readonly string[]

/** One way to write a character: the bytes that may stand at each place, as characters of the same code. */
export type Spelling = readonly string[]

const BASE64 = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '+-', '/_']
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
}
// JSON within JSON within JSON writes up to eight backslashes for one.
const BACKSLASHES = Array.from({ length: 8 }, (_, more) => '\\'.repeat(more + 1))
const PERCENTS = ['%', '%25', '%2525']

/** The texts that a secret becomes: itself, hex, and base64 and base64url for each offset modulo 3 in what was encoded. */
export function formsOf(secret: string): readonly Form[] {
  const bytes = utf8(secret)
  const hex = bytes.flatMap((byte) => hexDigits(byte, 2))
  return [[...secret], hex, ...[0, 1, 2].map((offset) => base64Form(bytes, offset))]
}

/** How any of these characters can be written in JSON and in URLs, escaped up to three times over. */
export const spellingsOf = (characters: string): readonly Spelling[] => [...characters].flatMap(spell)

function spell(character: string): Spelling[] {
  const bytes = utf8(character)
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
  const short = SHORT_ESCAPES[character]
  return [
    bytes.map((byte) => String.fromCharCode(byte)),
    ...(character === ' ' ? [['+']] : []),
    ...PERCENTS.map((lead) => bytes.flatMap((byte) => [...lead, ...hexDigits(byte, 2)])),
    ...BACKSLASHES.map((lead) => units.flatMap((unit) => [...lead, 'u', ...hexDigits(unit, 4)])),
    ...(short === undefined ? [] : BACKSLASHES.map((lead) => [...lead, short])),
  ]
}

/**
 * The characters that only the secret decides. The one before and the one behind are shared with what stands there, and
 * stay: each tells at most four bits.
 */
function base64Form(bytes: readonly number[], offset: number): Form {
  const first = Math.ceil((offset * 8) / 6)
  const end = Math.floor(((offset + bytes.length) * 8) / 6)
  return Array.from({ length: end - first }, (_, index) => {
    const bit = (first + index) * 6 - offset * 8
    const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0)
    return BASE64[(pair >> (10 - (bit & 7))) & 63] ?? ''
  })
}

const hexDigits = (value: number, width: number) =>
  Array.from(value.toString(16).padStart(width, '0'), (digit) => (digit > '9' ? digit + digit.toUpperCase() : digit))

const utf8 = (text: string) => [...new TextEncoder().encode(text)]
