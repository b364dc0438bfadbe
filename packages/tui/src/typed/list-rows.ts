import type { Tone } from '../drawn/line.js'
import { graphemes, graphemeWidth, textWidth } from '../drawn/width.js'
import { cleanInline } from '../said/clean.js'

/** Something to choose. `note` is what stands beside it; both may come from elsewhere and are cleaned. */
export type Item = { readonly id: string; readonly label: string; readonly note: string }
export type ListRow = { readonly text: string; readonly tone: Tone }

const MARK = '❯ '
const NO_MARK = '  '

/** At most `most` of the items as rows around the selected one (-1: none), each no wider than `width`. */
export function listRows(items: readonly Item[], at: number, width: number, most: number): ListRow[] {
  const from = Math.max(0, Math.min(at - Math.floor(most / 2), items.length - most))
  const shown = items
    .slice(from, from + most)
    .map(({ label, note }) => ({ label: cleanInline(label), note: cleanInline(note) }))
  const widest = Math.max(0, ...shown.map(({ label }) => textWidth(label)))
  const column = Math.min(widest, Math.floor((width - MARK.length) * (shown.some(({ note }) => note !== '') ? 0.6 : 1)))
  return shown.map(({ label, note }, index) => {
    const selected = from + index === at
    const name = clipTo(label, column)
    const beside = note === '' ? '' : `${' '.repeat(column - textWidth(name) + 2)}${note}`
    return { text: clipTo((selected ? MARK : NO_MARK) + name + beside, width), tone: selected ? 'user' : 'plain' }
  })
}

/** As much of a text as fits, with a sign where that is not all. */
export function clipTo(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let kept = ''
  let used = 1
  for (const grapheme of graphemes(text)) {
    used += graphemeWidth(grapheme)
    if (used > width) break
    kept += grapheme
  }
  return width < 1 ? '' : `${kept}…`
}
