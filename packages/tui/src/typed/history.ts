import type { Item } from './list-rows.js'

/** What was sent, oldest first; `at` is the place in it, and `draft` what was being typed before it was looked at. */
export type History = { readonly entries: readonly string[]; readonly at: number; readonly draft: string }

const KEPT = 1000
const UNITS = 1024 * 1024

export const historyOf = (entries: readonly string[]): History => {
  const kept = bounded(entries)
  return { entries: kept, at: kept.length, draft: '' }
}

/** With what was sent now; twice in a row is once. An entry that would push out all others is not kept. */
export function remembered({ entries }: History, text: string): History {
  if (text.trim() === '' || entries.at(-1) === text || text.length > UNITS / 2) return historyOf(entries)
  return historyOf([...entries, text])
}

/** One entry further back or forth, or back to the draft; undefined at either end. */
export function recalled(history: History, by: -1 | 1, typed: string): (History & { text: string }) | undefined {
  const { entries, at } = history
  const to = at + by
  if (to < 0 || to > entries.length) return undefined
  const draft = at === entries.length ? typed : history.draft
  return { entries, at: to, draft, text: entries[to] ?? draft }
}

/** At most the last 1,000 entries, and 1 Mi UTF-16 units. */
function bounded(entries: readonly string[]): readonly string[] {
  let units = 0
  const first = entries.findLastIndex((text, index) => {
    units += text.length
    return entries.length - index > KEPT || units > UNITS
  })
  return first < 0 ? entries : entries.slice(first + 1)
}

/** What was sent, newest first and each once, to choose from. */
export function historyItems({ entries }: History): readonly Item[] {
  const newest = new Set(entries.toReversed())
  return Array.from(newest, (text) => {
    const [first = '', ...more] = text.trim().split('\n', 1000)
    return { id: text, label: first.slice(0, 500), note: more.length > 0 ? `${more.length + 1} lines` : '' }
  })
}
