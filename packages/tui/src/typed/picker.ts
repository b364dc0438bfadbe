import { textWidth } from '../drawn/width.js'
import { cleanLine } from '../said/clean.js'
import type { Action } from './actions.js'
import { ranked } from './fuzzy.js'
import { actionOf, type Keymap } from './keymap.js'
import type { Key } from './keys.js'
import { clipTo, type Item, type ListRow, listRows } from './list-rows.js'
import { before, wordStart } from './motions.js'

/** A list to choose from. `at` is the selected one among those that the query leaves, -1 where none is. */
export type Picker = {
  readonly title: string
  readonly items: readonly Item[]
  readonly found: readonly Item[]
  readonly query: string
  readonly at: number
  /** Whether the first one is selected by itself; without it a person must go to one. */
  readonly preselects: boolean
}
export type Picked =
  | { readonly type: 'open'; readonly picker: Picker }
  | { readonly type: 'chosen'; readonly item: Item }
  | { readonly type: 'closed' }

const QUERY_MOST = 200
const PAGE = 8

export const newPicker = (title: string, items: readonly Item[], preselects: boolean): Picker =>
  filtered({ title, items, found: items, query: '', at: -1, preselects }, '')

/** What a key makes of a picker: text filters, arrows and pages select, submit chooses what is selected, cancel closes. */
export function pick(picker: Picker, key: Key, keymap: Keymap): Picked {
  if (key.type !== 'press') return open(filtered(picker, picker.query + oneLine(key.text)))
  const action = actionOf(keymap, key)
  return action === undefined ? open(picker) : act(picker, action)
}

/** The picker in at most `height` rows of at most `width` columns: what is asked, then the items around the selected one. */
export function pickerRows(picker: Picker, width: number, height: number) {
  const { title, query, found, items, at } = picker
  const count = found.length === items.length ? `${items.length}` : `${found.length} of ${items.length}`
  const head = `${title} (${count}): `
  const shown = clipTo(head, Math.max(0, width - 10))
  const typed = tailOf(cleanLine(query), width - textWidth(shown) - 1)
  const none: ListRow[] = found.length === 0 ? [{ text: clipTo('  nothing matches', width), tone: 'dim' }] : []
  const rows: ListRow[] = [{ text: shown + typed, tone: 'ask' }, ...none, ...listRows(found, at, width, height - 1)]
  return { rows: rows.slice(0, Math.max(1, height)), cursor: { row: 0, before: shown + typed } }
}

const open = (picker: Picker): Picked => ({ type: 'open', picker })

function act(picker: Picker, action: Action): Picked {
  const { query, found, at } = picker
  switch (action) {
    case 'submit':
    case 'complete': {
      const item = found[at]
      return item ? { type: 'chosen', item } : open(picker)
    }
    case 'cancel':
    case 'interrupt':
    case 'leave':
      return { type: 'closed' }
    case 'delete_back':
      return open(filtered(picker, query.slice(0, before(query, query.length))))
    case 'delete_word_back':
      return open(filtered(picker, query.slice(0, wordStart(query, query.length))))
    case 'delete_to_line_start':
      return open(filtered(picker, ''))
    default:
      return open({ ...picker, at: selectionAfter(action, at, found.length) })
  }
}

/** Moves by one go around; pages stop at the ends. Without a selection, down begins at the first and up at the last. */
export function selectionAfter(action: Action, at: number, count: number): number {
  if (count === 0) return -1
  switch (action) {
    case 'up':
    case 'history_previous':
    case 'complete_previous':
      return at <= 0 ? count - 1 : at - 1
    case 'down':
    case 'history_next':
      return at >= count - 1 ? 0 : at + 1
    case 'page_up':
      return Math.max(0, at - PAGE)
    case 'page_down':
      return Math.min(count - 1, Math.max(0, at) + PAGE)
    case 'text_start':
      return 0
    case 'text_end':
      return count - 1
    default:
      return at
  }
}

function filtered(picker: Picker, query: string): Picker {
  const kept = query.slice(0, QUERY_MOST).toWellFormed()
  const found = ranked(kept, picker.items, ({ label, note }) => `${label} ${note}`)
  return { ...picker, query: kept, found, at: picker.preselects && found.length > 0 ? 0 : -1 }
}

const oneLine = (text: string): string => text.slice(0, QUERY_MOST).replaceAll(/[\n\t]/gu, ' ')

/** The end of a query that is longer than its room. */
function tailOf(query: string, room: number): string {
  let tail = query
  while (textWidth(tail) > Math.max(0, room)) tail = tail.slice(1)
  return tail.toWellFormed()
}
