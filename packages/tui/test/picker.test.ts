import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { textWidth } from '../dist/drawn/width.js'
import { newEditor } from '../dist/typed/editor.js'
import { historyItems } from '../dist/typed/history.js'
import { DEFAULT_KEYMAP } from '../dist/typed/keymap.js'
import type { Key } from '../dist/typed/keys.js'
import { newPicker, type Picker, pick, pickerRows } from '../dist/typed/picker.js'
import { press } from '../dist/typed/press.js'

const ITEMS = ['alpha', 'beta', 'gamma', 'delta'].map((id, index) => ({ id, label: id, note: `note ${index}` }))
const text = (typed: string): Key => ({ type: 'text', text: typed })
const keys = (...names: readonly string[]): Key[] => names.map((name) => press(name))

function picked(picker: Picker, pressed: readonly Key[]) {
  let now = picker
  for (const key of pressed) {
    const next = pick(now, key, DEFAULT_KEYMAP)
    if (next.type !== 'open') return next
    now = next.picker
  }
  return now
}
const shown = (picker: ReturnType<typeof picked>, width = 40, height = 6) =>
  'found' in picker ? pickerRows(picker, width, height).rows.map(({ text }) => text) : []

describe('a picker', () => {
  it('shows what there is, and chooses what is selected', () => {
    const picker = newPicker('session', ITEMS, true)
    expect(shown(picker)).toEqual([
      'session (4): ',
      '❯ alpha  note 0',
      '  beta   note 1',
      '  gamma  note 2',
      '  delta  note 3',
    ])
    expect(picked(picker, keys('enter'))).toEqual({ type: 'chosen', item: ITEMS[0] })
    expect(picked(picker, keys('down', 'down', 'up', 'enter'))).toMatchObject({ item: { id: 'beta' } })
    expect(picked(picker, keys('up', 'enter'))).toMatchObject({ item: { id: 'delta' } })
    expect(picked(picker, keys('pagedown', 'enter'))).toMatchObject({ item: { id: 'delta' } })
    expect(picked(picker, keys('escape'))).toEqual({ type: 'closed' })
    expect(picked(picker, [press('c', { ctrl: true })])).toEqual({ type: 'closed' })
  })

  it('chooses nothing that nobody went to, where nothing is to be preselected', () => {
    const picker = newPicker('allow', ITEMS, false)
    expect(picked(picker, keys('enter', 'enter'))).toMatchObject({ at: -1 })
    expect(picked(picker, [text('al'), ...keys('enter')])).toMatchObject({ at: -1, query: 'al' })
    expect(picked(picker, keys('down', 'enter'))).toMatchObject({ item: { id: 'alpha' } })
    // What was selected is not what stands there after another letter.
    expect(picked(picker, [...keys('down'), text('a'), ...keys('enter')])).toMatchObject({ at: -1 })
  })

  it('is filtered by what is typed, which can be edited', () => {
    const picker = newPicker('session', ITEMS, true)
    expect(shown(picked(picker, [text('ta')]))).toEqual(['session (2 of 4): ta', '❯ beta   note 1', '  delta  note 3'])
    expect(shown(picked(picker, [text('note 2')]))).toEqual(['session (1 of 4): note 2', '❯ gamma  note 2'])
    expect(shown(picked(picker, [text('zz')]))).toEqual(['session (0 of 4): zz', '  nothing matches'])
    expect(picked(picker, [text('zz'), ...keys('enter')])).toMatchObject({ at: -1 })
    expect(picked(picker, [text('a 👩‍👩‍👧'), ...keys('backspace')])).toMatchObject({ query: 'a ' })
    expect(picked(picker, [text('one two'), press('w', { ctrl: true })])).toMatchObject({ query: 'one ' })
    expect(picked(picker, [text('one two'), press('u', { ctrl: true })])).toMatchObject({ query: '', at: 0 })
  })

  it('fits any size, whatever its items are called, with the selected one in sight', () => {
    const name = fc.string({ unit: fc.constantFrom('a', '漢', '\u001b', '\n', ' ', '👩‍👩‍👧', '\u202e') })
    const item = fc.record({ id: name, label: name, note: name })
    const size = fc.record({ width: fc.integer({ min: 12, max: 100 }), height: fc.integer({ min: 2, max: 20 }) })
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 30 }),
        size,
        fc.nat(40),
        name,
        (items, { width, height }, downs, typed) => {
          const after = picked(newPicker('a long title of a picker', items, true), [
            text(typed.replaceAll('\u001b', '')),
            ...Array.from({ length: downs }, () => press('down')),
          ])
          if (!('found' in after)) throw new Error('closed')
          const { rows, cursor } = pickerRows(after, width, height)
          expect(rows.length).toBeLessThanOrEqual(height)
          for (const row of rows) {
            expect(textWidth(row.text)).toBeLessThanOrEqual(width)
            expect(row.text).not.toMatch(/[\p{Cc}\u202e]/u)
          }
          expect(rows[cursor.row]?.text.startsWith(cursor.before)).toBe(true)
          expect(rows.filter((row) => row.text.startsWith('❯'))).toHaveLength(after.found.length > 0 ? 1 : 0)
        },
      ),
    )
  })

  it('takes a bounded query, and 10,000 items without being slow', () => {
    const many = Array.from({ length: 10_000 }, (_, n) => ({ id: `${n}`, label: `session ${n}`, note: 'idle' }))
    const picker = newPicker('session', many, true)
    expect(picked(picker, [text('9'.repeat(150)), text('9'.repeat(1000))])).toMatchObject({ query: '9'.repeat(200) })
    const started = performance.now()
    expect(picked(picker, [text('9'), text('9'), text('9'), text('9')])).toMatchObject({ found: [{ id: '9999' }] })
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('searches what was sent, the newest first and each once', () => {
    const { history } = newEditor(['one', 'two\nlines', 'one'])
    expect(historyItems(history)).toEqual([
      { id: 'one', label: 'one', note: '' },
      { id: 'two\nlines', label: 'two', note: '2 lines' },
    ])
  })
})
