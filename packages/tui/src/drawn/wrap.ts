import { joined, trimmed } from '../said/styled.js'
import type { Table } from '../said/table.js'
import { tableRows } from '../said/table-rows.js'
import type { Line, Mark, Row } from './line.js'
import { graphemes, graphemeWidth, textWidth } from './width.js'

/** A row of a line as a stretch of its text. */
type Cut = { readonly from: number; readonly to: number }

/** A line as rows of at most `width` columns, each with its part of the line's marks. */
export function rowsOf(line: Line, width: number): Row[] {
  return line.table ? tabled(line, line.table, width) : wrapped(line, width)
}

function tabled({ text, tone, marks = [], hang }: Line, table: Table, width: number): Row[] {
  const indent = indentOf(text, hang, width)
  const before = { text: text.slice(0, indent.length), marks: within(marks, 0, indent.length, 0) }
  return tableRows(table, width - indent.length, wrapped).map((row, index) => ({
    ...trimmed(joined([index === 0 ? before : { ...before, text: indent }, row])),
    tone,
  }))
}

function wrapped({ text, tone, marks = [], hang }: Line, width: number): Row[] {
  const indent = indentOf(text, hang, width)
  return cut(text, indent.length, width).map(({ from, to }, index): Row => {
    const before = index === 0 ? '' : indent
    const row = { text: before + text.slice(from, to), tone }
    if (marks.length === 0) return row
    const shown = within(marks, from, to, before.length)
    return { ...row, marks: index === 0 ? shown : [...within(marks, 0, indent.length, 0), ...shown] }
  })
}

/**
 * A line as rows of at most `width` columns (a single wider character stands alone). It breaks between words, drops the
 * spaces there and at its end, and cuts only words that are longer than a row.
 */
export function wrap({ text, hang }: Pick<Line, 'text' | 'hang'>, width: number): string[] {
  return rowsOf({ text, tone: 'plain', hang }, width).map((row) => row.text)
}

/** The marks between two units, moved to where these are shown. */
const within = (marks: readonly Mark[], from: number, to: number, shownAt: number): Mark[] =>
  marks
    .filter((mark) => mark.from < to && mark.to > from)
    .map((mark) => ({
      ...mark,
      from: Math.max(mark.from, from) - from + shownAt,
      to: Math.min(mark.to, to) - from + shownAt,
    }))

function indentOf(text: string, hang: number, width: number): string {
  if (hang >= width - 8) return ''
  return text.slice(0, hang).replaceAll(/[^│┊]/gu, ' ').padEnd(hang)
}

function cut(text: string, indent: number, width: number): Cut[] {
  if (textWidth(text) <= width) return [{ from: 0, to: trimmedEnd(text, 0, text.length) }]
  const rows: Cut[] = []
  let from = 0
  let to = 0
  let used = 0
  const next = (at: number) => {
    rows.push({ from, to: trimmedEnd(text, from, to) })
    from = at
    to = at
    used = indent
  }
  for (const { 0: word, index } of text.matchAll(/ +|[^ ]+/gu)) {
    const size = textWidth(word)
    if (used + size <= width) {
      to = index + word.length
      used += size
    } else if (word.startsWith(' ')) next(index + word.length)
    else {
      if (used > indent && size <= width - indent) next(index)
      let at = index
      for (const [nth, piece] of pieces(word, width - used, width - indent).entries()) {
        if (nth > 0) next(at)
        at += piece.length
        to = at
        used += textWidth(piece)
      }
    }
  }
  const blank = used <= indent && rows.length > 0
  return blank ? rows : [...rows, { from, to: trimmedEnd(text, from, to) }]
}

const trimmedEnd = (text: string, from: number, to: number): number => from + text.slice(from, to).trimEnd().length

/** Cuts a word between characters: what still fits, then whole rows. */
function pieces(word: string, first: number, rest: number): string[] {
  if (textWidth(word) <= first) return [word]
  const found: string[] = []
  let text = ''
  let room = first
  for (const grapheme of graphemes(word)) {
    const size = graphemeWidth(grapheme)
    // Where not even one character fits behind what stands there, the first piece is empty.
    const full = text !== '' || (found.length === 0 && first < rest)
    if (size > room && full) {
      found.push(text)
      text = ''
      room = rest
    }
    text += grapheme
    room -= size
  }
  return [...found, text]
}
