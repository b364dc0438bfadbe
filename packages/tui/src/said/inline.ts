import type { Mark } from '../drawn/line.js'
import { emphasized, type Piece, runOf } from './emphasis.js'
import { joined, type Styled, styled } from './styled.js'

/** A longer line is shown as it is written: nobody reads it for its emphasis. */
const MOST_CHARS = 5000
const LINK_CHARS = 1000

const ESCAPED = /\\([!-/:-@[-`{-~])/uy
const TICKS = /`+/uy
const PLAIN = /[^\\`*_~[!<&]+/uy
const AUTOLINK = /<([a-z][a-z0-9+.-]{1,31}:[^\s<>]*|[^\s<>@]+@[^\s<>@]+)>/iuy
const TAG = /<(?:\/?[a-z][^<>]*|!--.*?--|[!?][^<>]*)>/iuy
const ENTITY = /&(amp|lt|gt|quot|apos|nbsp|#39);/uy
const TARGET =
  /\(\s*(?:<([^<>]*)>|((?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.)*\))*))(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\)/uy

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
  nbsp: ' ',
}

/**
 * One line of Markdown (CommonMark 0.31 with GFM's strikethrough) as it is read. Signs that can be missed go away;
 * those of code and of what is struck out stay, since they change what is meant and not every terminal shows a style.
 * References are not followed: what they name may come long after the line. HTML is text.
 */
export function inlineOf(text: string): Styled {
  return text.length > MOST_CHARS ? styled(text) : emphasized(piecesOf(text, true))
}

function piecesOf(text: string, links: boolean): Piece[] {
  const pieces: Piece[] = []
  for (let at = 0; at < text.length; ) {
    const { piece, length } = pieceAt(text, at, links)
    pieces.push(piece)
    at += length
  }
  return pieces
}

type Found = { readonly piece: Piece; readonly length: number }

const found = (said: Styled, length = said.text.length): Found => ({ piece: { type: 'said', said }, length })

function pieceAt(text: string, at: number, links: boolean): Found {
  const plain = match(PLAIN, text, at)?.[0]
  if (plain) return found(styled(plain))
  switch (text[at]) {
    case '\\': {
      const escaped = match(ESCAPED, text, at)
      return escaped ? found(styled(escaped[1] ?? ''), 2) : found(styled('\\'))
    }
    case '`':
      return codeAt(text, at)
    case '*':
    case '_':
    case '~': {
      const run = runOf(text, at)
      return { piece: run, length: run.count }
    }
    case '!':
      return (text[at + 1] === '[' && imageAt(text, at)) || found(styled('!'))
    case '[':
      return (links && linkAt(text, at)) || found(styled('['))
    case '&': {
      const entity = match(ENTITY, text, at)
      return entity ? found(styled(ENTITIES[entity[1] ?? ''] ?? ''), entity[0].length) : found(styled('&'))
    }
    default:
      return angleAt(text, at)
  }
}

function match(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at
  return sticky.exec(text)
}

/** A span of code up to as many ticks as it begins with; else the ticks are text. */
function codeAt(text: string, at: number): Found {
  const ticks = match(TICKS, text, at)?.[0] ?? '`'
  for (let next = at + ticks.length; ; ) {
    const start = text.indexOf(ticks, next)
    if (start < 0) return found(styled(ticks))
    const end = match(TICKS, text, start)?.[0].length ?? 1
    if (end === ticks.length) {
      const whole = text.slice(at, start + end)
      return found(joined([styled(ticks, 'dim'), styled(whole.slice(end, -end), 'code'), styled(ticks, 'dim')]))
    }
    next = start + end
  }
}

function angleAt(text: string, at: number): Found {
  const link = match(AUTOLINK, text, at)
  if (link) return found(styled(link[1] ?? '', 'link'), link[0].length)
  const tag = match(TAG, text, at)?.[0]
  return found(styled(tag ?? '<'))
}

/** `[text](target)`: the text, and the target where that says something else. */
function linkAt(text: string, at: number): Found | undefined {
  const link = partsAt(text, at)
  if (link === undefined) return undefined
  const { inner, url, end } = link
  const shown: Styled = inner.text === '' ? inner : { ...inner, marks: [whole(inner.text), ...inner.marks] }
  const same = url === '' || url === inner.text || url === `mailto:${inner.text}`
  return found(same ? shown : joined([shown, styled(` (${url})`, 'dim')]), end - at)
}

function imageAt(text: string, at: number): Found | undefined {
  const image = partsAt(text, at + 1)
  if (image === undefined) return undefined
  const shown = styled(`[image: ${image.inner.text}]`, 'link')
  return found(joined([shown, styled(` (${image.url})`, 'dim')]), image.end - at)
}

const whole = ({ length }: string): Mark => ({ from: 0, to: length, style: 'link' })

function partsAt(text: string, open: number): { inner: Styled; url: string; end: number } | undefined {
  const close = closing(text, open)
  const target = close === undefined ? null : match(TARGET, text, close + 1)
  if (close === undefined || target === null) return undefined
  const inner = emphasized(piecesOf(text.slice(open + 1, close), false))
  const url = (target[1] ?? target[2] ?? '').replaceAll(/\\([!-/:-@[-`{-~])/gu, '$1')
  return { inner, url, end: close + 1 + target[0].length }
}

/** The bracket that closes the one at `open`. Code and escapes hide theirs. */
function closing(text: string, open: number): number | undefined {
  let depth = 0
  const end = Math.min(text.length, open + LINK_CHARS)
  for (let at = open; at < end; at++) {
    const char = text[at]
    if (char === '\\') at++
    else if (char === '`') at += codeAt(text, at).length - 1
    else if (char === '[') depth++
    else if (char === ']' && --depth === 0) return at
  }
  return undefined
}
