import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ACTIONS } from '../dist/typed/actions.js'
import { chordOf, parseChord } from '../dist/typed/chord.js'
import { actionOf, DEFAULT_KEYMAP, keysOf, parseKeymap } from '../dist/typed/keymap.js'
import { keyDecoder, type Press } from '../dist/typed/keys.js'

const press = (name: string, more: Partial<Press> = {}): Press => ({
  type: 'press',
  name,
  ctrl: false,
  alt: false,
  shift: false,
  ...more,
})
const keymapOf = (table: unknown) => {
  const parsed = parseKeymap(table)
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
  return parsed.keymap
}
const problemsOf = (table: unknown) => {
  const parsed = parseKeymap(table)
  return 'problems' in parsed ? parsed.problems.map(({ where, message, mend }) => `${where}: ${message} ${mend}`) : []
}

describe('the default keys', () => {
  it('are no two actions at once, and each is written as it is parsed', () => {
    const chords = ACTIONS.flatMap(({ keys }) => [...keys])
    expect(new Set(chords).size).toBe(chords.length)
    for (const chord of chords) expect(parseChord(chord)).toEqual({ chord })
    expect(DEFAULT_KEYMAP.size).toBe(chords.length)
  })

  it.each([
    ['\r', 'submit'],
    ['\u001b\r', 'newline'],
    ['\n', 'newline'],
    ['\u001b', 'cancel'],
    ['\u0003', 'interrupt'],
    ['\u0004', 'leave'],
    ['\u0013', 'steer'],
    ['\u001b[1;5D', 'word_left'],
    ['\u001bf', 'word_right'],
    ['\u001b\u007f', 'delete_word_back'],
    ['\u001f', 'undo'],
    ['\t', 'complete'],
    ['\u001b[Z', 'complete_previous'],
    ['\u0016', 'paste_image'],
    ['x', undefined],
    ['\u001b[200~\r\u001b[201~', undefined],
    ['\u0011', undefined],
  ])('%j is %s', (bytes, action) => {
    const decoder = keyDecoder()
    const keys = [...decoder.feed(new TextEncoder().encode(bytes)), ...decoder.flush()]
    expect(keys.map((key) => actionOf(DEFAULT_KEYMAP, key))).toEqual([action])
  })

  it('of an action are told', () => {
    expect(keysOf(DEFAULT_KEYMAP, 'line_start')).toEqual(['ctrl-a', 'home'])
  })
})

describe('a table of keys', () => {
  it('changes the keys of the actions that it names, and of no others', () => {
    const keymap = keymapOf({ steer: 'ctrl-x', search: ['f3', 'ctrl-shift-F'], redraw: [] })
    expect(keysOf(keymap, 'steer')).toEqual(['ctrl-x'])
    expect(keysOf(keymap, 'search')).toEqual(['f3', 'ctrl-shift-f'])
    expect(keysOf(keymap, 'redraw')).toEqual([])
    expect(keysOf(keymap, 'undo')).toEqual(keysOf(DEFAULT_KEYMAP, 'undo'))
    expect(actionOf(keymap, press('s', { ctrl: true }))).toBeUndefined()
    expect(actionOf(keymap, press('f', { ctrl: true, shift: true }))).toBe('search')
    expect(keymapOf({})).toEqual(DEFAULT_KEYMAP)
  })

  it('can swap two actions', () => {
    const keymap = keymapOf({ submit: 'ctrl-j', newline: 'enter' })
    expect(actionOf(keymap, press('enter'))).toBe('newline')
    expect(actionOf(keymap, press('j', { ctrl: true }))).toBe('submit')
  })

  it.each<[unknown, string]>([
    [{ sumbit: 'enter' }, 'keys.sumbit: There is no such action. Did you mean submit?'],
    [{ undo: 'ctrl-entr' }, 'keys.undo: There is no key "entr". Did you mean enter?'],
    [{ undo: 'crtl-x' }, 'keys.undo: There is no modifier "crtl". Did you mean ctrl?'],
    [{ undo: 'x' }, 'keys.undo: "x" is typed as text. Put a modifier before it, such as alt-x.'],
    [{ undo: 'X' }, '"X" is typed as text.'],
    [{ undo: 'space' }, '"space" is typed as text.'],
    [{ undo: 'ctrl-i' }, 'Most terminals cannot tell ctrl-i from tab.'],
    [{ undo: 7 }, 'keys.undo: A key is a short text.'],
    [{ undo: ['ctrl-x', ''] }, 'keys.undo: A key is a short text.'],
    [{ undo: 'x'.repeat(1000) }, 'keys.undo: A key is a short text.'],
    [
      { search: 'ctrl-s' },
      'keys.search: ctrl-s is also the key of steer. Choose another key for one of them: steer = "…"',
    ],
    [{ up: 'ctrl-x', undo: 'ctrl-x' }, 'keys.undo: ctrl-x is also the key of up.'],
    [{ submit: [] }, 'keys.submit: Nothing could be sent.'],
    [[], 'keys: It is no table.'],
    ['enter', 'keys: It is no table.'],
    [null, 'keys: It is no table.'],
  ])('%j is refused with what is wrong and how to mend it', (table, problem) => {
    expect(problemsOf(table).join('\n')).toContain(problem)
    expect(problemsOf(table)).toHaveLength(1)
  })

  it('never throws, and tells all that is wrong', () => {
    fc.assert(fc.property(fc.jsonValue(), (table) => void parseKeymap(table)))
    const names = fc.constantFrom('undo', 'redo', 'nothing', 'up')
    fc.assert(fc.property(fc.dictionary(names, fc.jsonValue()), (table) => void parseKeymap(table)))
    expect(problemsOf({ a: 'x', undo: 'x', redo: ['y', 'z'] })).toHaveLength(4)
  })
})

describe('a chord', () => {
  it.each([
    ['Ctrl+X', 'ctrl-x'],
    ['shift-alt-ctrl-left', 'ctrl-alt-shift-left'],
    ['alt-X', 'alt-shift-x'],
    ['meta-b', 'alt-b'],
    ['control-return', 'ctrl-enter'],
    ['esc', 'escape'],
    ['alt-page-up', 'alt-pageup'],
    ['ctrl--', 'ctrl--'],
    ['ctrl-+', 'ctrl-+'],
    ['alt-漢', 'alt-漢'],
  ])('%s is written %s', (written, chord) => {
    expect(parseChord(written)).toEqual({ chord })
  })

  it('of every press is parsed as itself, but for text and what terminals cannot tell', () => {
    const name = fc.constantFrom('a', 'z', '/', '-', '+', 'enter', 'pageup', 'f12', 'space', 'escape')
    fc.assert(
      fc.property(name, fc.boolean(), fc.boolean(), fc.boolean(), (named, ctrl, alt, shift) => {
        fc.pre(ctrl || alt || (named.length > 1 && named !== 'space'))
        const chord = chordOf(press(named, { ctrl, alt, shift }))
        expect(parseChord(chord)).toEqual({ chord })
      }),
    )
  })
})
