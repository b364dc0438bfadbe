import type { Mark } from '../drawn/line.js'
import type { Style } from '../drawn/theme.js'
import { type Block, type Language, languageOf } from './languages.js'
import { type Styled, styled } from './styled.js'

/** Code between two of its lines: its language, and the comment or string that is open. */
export type Code = { readonly language: Language | undefined; readonly open: Block | undefined }

/** A longer line is shown without colours. */
const MOST_CHARS = 2000
const WORD = /[\p{L}_$@][\p{L}\p{N}_$-]*/uy
const NUMBER = /(?:0[xob][\da-f_]+|\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?)\w*/iuy
const KEY = /^(\s*(?:- +)*)("[^"]*"|'[^']*'|[\w.$/@-][\w .$/@-]*?)(?=\s*[:=])|^\s*(\[[^\]]*\])\s*$/u
const TAG = /<\/?([\w:.-]+)|(\/?>)|([\w:.@-]+)(?==)|("[^"]*"|'[^']*')|(&[#\w]+;)/uy

/** As code in the language of this name, from its beginning. */
export const newCode = (name: string): Code => ({ language: languageOf(name), open: undefined })

/**
 * One line of code with its styles, and where that leaves the code. A line is coloured by what is before it only, so
 * it is final as soon as it is complete; a string that is not closed ends with its line.
 */
export function codeLine(code: Code, text: string): { code: Code; said: Styled } {
  const { language } = code
  if (language === undefined || text.length > MOST_CHARS) return { code, said: styled(text) }
  if (language.shape === 'diff' || language.shape === 'markdown')
    return { code, said: styled(text, ...lineStyles(language, text)) }
  const marks: Mark[] = []
  let { open } = code
  let at = 0
  const take = ({ length, style }: Token) => {
    if (style !== undefined && length > 0) marks.push({ from: at, to: at + length, style })
    at += length
  }
  if (open === undefined && language.shape === 'keys') keyTokens(text).forEach(take)
  while (at < text.length) {
    const begun = open === undefined ? language.blocks.find((block) => text.startsWith(block.open, at)) : undefined
    const block = open ?? begun
    if (block) {
      const end = closeOf(text, at + (begun?.open.length ?? 0), block)
      open = end === undefined ? block : undefined
      take({ length: (end ?? text.length) - at, style: block.style })
    } else take(tokenAt(language, text, at))
  }
  return { code: { language, open }, said: { text, marks } }
}

type Token = { readonly length: number; readonly style?: Style }

/** The key, or the section, that a line of data begins with. */
function keyTokens(text: string): Token[] {
  const [, before = '', key, section] = KEY.exec(text) ?? []
  if (section !== undefined) return [{ length: text.indexOf(section) }, { length: section.length, style: 'type' }]
  return key === undefined ? [] : [{ length: before.length }, { length: key.length, style: 'name' }]
}

function closeOf(text: string, at: number, { close, style }: Block): number | undefined {
  for (let end = text.indexOf(close, at); end >= 0; end = text.indexOf(close, end + 1))
    if (style === 'comment' || !isEscaped(text, at, end)) return end + close.length
  return undefined
}

function isEscaped(text: string, from: number, at: number): boolean {
  let slashes = 0
  while (at - slashes > from && text[at - slashes - 1] === '\\') slashes++
  return slashes % 2 === 1
}

function tokenAt(language: Language, text: string, at: number): Token {
  if (language.shape === 'markup') return markupAt(text, at)
  const char = text[at] ?? ''
  if (isComment(language, text, at)) return { length: text.length - at, style: 'comment' }
  if (language.quotes.includes(char)) return { length: quoted(text, at), style: 'string' }
  const number = match(NUMBER, text, at)
  if (number) return { length: number[0].length, style: 'number' }
  const word = match(WORD, text, at)?.[0]
  return word === undefined ? { length: 1 } : wordToken(language, text, at, word)
}

/** `#` begins one only after a space: else it is a part of a word, as in `$#`. */
const isComment = ({ comments }: Language, text: string, at: number): boolean =>
  comments.some((sign) => text.startsWith(sign, at) && (sign.length > 1 || /^\s?$/u.test(text[at - 1] ?? '')))

function quoted(text: string, at: number): number {
  const quote = text[at] ?? ''
  for (let end = text.indexOf(quote, at + 1); end >= 0; end = text.indexOf(quote, end + 1))
    if (!isEscaped(text, at + 1, end)) return end + 1 - at
  // An apostrophe, or a string that goes on in the next line.
  return 1
}

function wordToken({ keywords, anyCase, shape }: Language, text: string, at: number, word: string): Token {
  const { length } = word
  if (keywords.has(anyCase ? word.toLowerCase() : word)) return { length, style: 'keyword' }
  if (shape === 'keys') return { length }
  if (text[at + length] === '(') return { length, style: 'name' }
  return /^@?\p{Lu}\w*\p{Ll}/u.test(word) ? { length, style: 'type' } : { length }
}

function markupAt(text: string, at: number): Token {
  const [all, tag, end, attribute, value] = match(TAG, text, at) ?? []
  if (all === undefined) return { length: 1 }
  if (tag !== undefined || end !== undefined) return { length: all.length, style: 'keyword' }
  if (attribute !== undefined) return { length: all.length, style: 'name' }
  return { length: all.length, style: value === undefined ? 'number' : 'string' }
}

function lineStyles({ shape }: Language, text: string): Style[] {
  if (shape === 'markdown')
    return /^ {0,3}#{1,6} /u.test(text) ? ['heading'] : /^ {0,3}>/u.test(text) ? ['comment'] : []
  if (/^(?:\+\+\+|---|diff|index) /u.test(text)) return ['strong']
  if (text.startsWith('@@')) return ['type']
  return text.startsWith('+') ? ['added'] : text.startsWith('-') ? ['removed'] : []
}

function match(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at
  return sticky.exec(text)
}
