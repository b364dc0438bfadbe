import type { Mark } from '../drawn/line.js'
import type { Style } from '../drawn/theme.js'
import type { Styled } from './styled.js'

/** A piece of a line: what is said, or a run of signs that may begin or end an emphasis. */
export type Piece =
  | { readonly type: 'said'; readonly said: Styled }
  | {
      readonly type: 'run'
      readonly sign: string
      readonly count: number
      readonly opens: boolean
      readonly closes: boolean
    }
type Run = Extract<Piece, { type: 'run' }>

/** How many runs back a beginning is looked for: a bound on hostile text, far from any that is meant. */
const LOOK_BACK = 50
const SPACE = /^\s?$/u
const PUNCTUATION = /^[\p{P}\p{S}]$/u

/** The run at `at`, and whether it can open or close an emphasis (CommonMark 0.31, section 6.2). */
export function runOf(text: string, at: number): Run {
  const sign = text[at] ?? ''
  let end = at
  while (text[end] === sign) end++
  const before = characterBefore(text, at)
  const after = String.fromCodePoint(text.codePointAt(end) ?? 32)
  const left = !SPACE.test(after) && (!PUNCTUATION.test(after) || SPACE.test(before) || PUNCTUATION.test(before))
  const right = !SPACE.test(before) && (!PUNCTUATION.test(before) || SPACE.test(after) || PUNCTUATION.test(after))
  const inWord = sign === '_'
  return {
    type: 'run',
    sign,
    count: end - at,
    opens: left && (!inWord || !right || PUNCTUATION.test(before)),
    closes: right && (!inWord || !left || PUNCTUATION.test(after)),
  }
}

const characterBefore = (text: string, at: number): string =>
  at === 0 ? ' ' : (Array.from(text.slice(Math.max(0, at - 2), at)).at(-1) ?? ' ')

type Pair = { readonly open: number; readonly close: number; readonly style: Style }

/** The pieces as one text: runs that belong together become marks, what is left of them is text. */
export function emphasized(pieces: readonly Piece[]): Styled {
  const left = pieces.map((piece) => (piece.type === 'run' ? piece.count : 0))
  const pairs = pairsOf(pieces, left)
  const starts: number[] = []
  let text = ''
  const marks: Mark[] = []
  for (const [index, piece] of pieces.entries()) {
    starts.push(text.length)
    if (piece.type === 'run') text += piece.sign.repeat(left[index] ?? 0)
    else {
      for (const { from, to, style } of piece.said.marks)
        marks.push({ from: from + text.length, to: to + text.length, style })
      text += piece.said.text
    }
  }
  for (const { open, close, style } of pairs) {
    const strikes = style === 'strike'
    const from = (starts[open] ?? 0) + (strikes ? 0 : (left[open] ?? 0))
    const to = (starts[close] ?? 0) + (strikes ? (left[close] ?? 0) : 0)
    if (from < to) marks.push({ from, to, style })
  }
  return { text, marks }
}

/** Which runs belong together, taking from `left` the signs that are used up. */
function pairsOf(pieces: readonly Piece[], left: number[]): Pair[] {
  const pairs: Pair[] = []
  let openers: number[] = []
  for (const [close, piece] of pieces.entries()) {
    if (piece.type !== 'run') continue
    let place = piece.closes ? openerFor(pieces, openers, left, close, piece) : -1
    while (place >= 0) {
      const open = openers[place] ?? 0
      pairs.push({ open, close, style: paired(piece, left, open, close) })
      // What opened in between has no end any more.
      openers = openers.slice(0, left[open] === 0 || piece.sign === '~' ? place : place + 1)
      place = piece.sign === '~' ? -1 : openerFor(pieces, openers, left, close, piece)
    }
    const struck = piece.sign === '~' && pairs.at(-1)?.close === close
    if (piece.opens && left[close] !== 0 && !struck) openers.push(close)
  }
  return pairs
}

function paired({ sign }: Run, left: number[], open: number, close: number): Style {
  if (sign === '~') return 'strike'
  const used = Math.min(2, left[open] ?? 0, left[close] ?? 0)
  left[open] = (left[open] ?? 0) - used
  left[close] = (left[close] ?? 0) - used
  return used === 2 ? 'strong' : 'emphasis'
}

function openerFor(
  pieces: readonly Piece[],
  openers: readonly number[],
  left: readonly number[],
  close: number,
  closer: Run,
): number {
  if (left[close] === 0) return -1
  for (let place = openers.length - 1; place >= Math.max(0, openers.length - LOOK_BACK); place--) {
    const opener = pieces[openers[place] ?? 0]
    if (opener?.type === 'run' && opener.sign === closer.sign && fits(opener, closer)) return place
  }
  return -1
}

/** Two tildes strike out. Of the others, a run that can do both must not add up to a multiple of three. */
function fits(opener: Run, closer: Run): boolean {
  if (closer.sign === '~') return opener.count === 2 && closer.count === 2
  const both = opener.closes || closer.opens
  return !both || (opener.count + closer.count) % 3 !== 0 || (opener.count % 3 === 0 && closer.count % 3 === 0)
}
