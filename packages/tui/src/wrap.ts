import type { Line } from './line.js'
import { graphemes, graphemeWidth, textWidth } from './width.js'

/**
 * A line as rows of at most `width` columns (a single wider character stands alone). It breaks between words, drops the
 * spaces there, and cuts only words that are longer than a row.
 */
export function wrap({ text, hang }: Pick<Line, 'text' | 'hang'>, width: number): string[] {
  if (textWidth(text) <= width) return [text]
  const indent = ' '.repeat(hang < width - 8 ? hang : 0)
  const rows: string[] = []
  let row = ''
  let used = 0
  const next = () => {
    rows.push(row.trimEnd())
    row = indent
    used = indent.length
  }
  for (const [word] of text.matchAll(/ +|[^ ]+/gu)) {
    const size = textWidth(word)
    if (used + size <= width) {
      row += word
      used += size
    } else if (word.startsWith(' ')) next()
    else {
      if (used > indent.length && size <= width - indent.length) next()
      for (const piece of pieces(word, width - used, width - indent.length)) {
        if (piece.index > 0) next()
        row += piece.text
        used += textWidth(piece.text)
      }
    }
  }
  return used > indent.length || rows.length === 0 ? [...rows, row.trimEnd()] : rows
}

/** Cuts a word between characters: what still fits, then whole rows. */
function pieces(word: string, first: number, rest: number): { index: number; text: string }[] {
  if (textWidth(word) <= first) return [{ index: 0, text: word }]
  const found: { index: number; text: string }[] = []
  let text = ''
  let room = first
  for (const grapheme of graphemes(word)) {
    const size = graphemeWidth(grapheme)
    // Where not even one character fits behind what stands there, the first piece is empty.
    const full = text !== '' || (found.length === 0 && first < rest)
    if (size > room && full) {
      found.push({ index: found.length, text })
      text = ''
      room = rest
    }
    text += grapheme
    room -= size
  }
  return [...found, { index: found.length, text }]
}
