import type { Key } from './keys.js'

const PASTE_END = '\u001b[201~'
/** UTF-16 units. What a paste has beyond them is dropped, also where its end never comes. */
export const PASTE_LIMIT = 16 * 1024 * 1024

/** `rest` is what stands behind the end of the paste; until that came it is undefined. */
export type PasteBuffer = { add(text: string): { readonly key?: Key; readonly rest?: string } }

/** Collects a bracketed paste; each unit is looked at once, however many chunks there are. */
export function pasteBuffer(limit = PASTE_LIMIT): PasteBuffer {
  let parts: string[] = []
  let size = 0
  let held = ''
  let told = false
  const keep = (text: string) => {
    const kept = text.slice(0, limit - size)
    if (kept !== '') parts.push(kept)
    size += kept.length
    return kept.length < text.length
  }
  const key = (cut: boolean): Key => {
    const text = cleaned(parts.join(''))
    parts = []
    told = true
    return { type: 'paste', text, cut }
  }
  return {
    add(text) {
      const all = held + text
      const end = all.indexOf(PASTE_END)
      // The end may be cut by a chunk.
      const until = end >= 0 ? end : Math.max(0, all.length - PASTE_END.length + 1)
      held = end >= 0 ? '' : all.slice(until)
      const tooLong = keep(all.slice(0, until))
      const said = told || (end < 0 && !tooLong) ? {} : { key: key(tooLong) }
      return end < 0 ? said : { ...said, rest: all.slice(end + PASTE_END.length) }
    },
  }
}

/** Plain newlines, and no control characters but tabs. */
const cleaned = (text: string): string => text.replaceAll(/\r\n?/gu, '\n').replaceAll(/[^\P{Cc}\n\t]/gu, '')
