import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Editor, EMPTY_EDITOR, edit } from '../dist/editor.js'
import type { Key } from '../dist/keys.js'
import { graphemes } from '../dist/width.js'

const type = (text: string): Key => ({ type: 'text', text })
const ctrl = (letter: string): Key => ({ type: 'control', letter })
const after = (keys: readonly Key[], from: Editor = EMPTY_EDITOR): Editor =>
  keys.reduce((editor, key) => edit(editor, key).editor, from)
/** The text with a bar where the cursor stands. */
const shown = ({ text, cursor }: Editor) => `${text.slice(0, cursor)}|${text.slice(cursor)}`

const NAMES = ['enter', 'newline', 'backspace', 'delete', 'left', 'right', 'up', 'down', 'home', 'end'] as const
const named = fc.constantFrom(...NAMES).map((name): Key => ({ type: name }))
const anyKey: fc.Arbitrary<Key> = fc.oneof(
  named,
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }).map(type),
  fc.constantFrom('\u0301', '\u200d', '👩', '🇩', '\ud83d', 'e').map(type),
  fc.string({ unit: 'grapheme' }).map((text): Key => ({ type: 'paste', text: `${text}\nx` })),
  fc.constantFrom('a', 'e', 'u', 'k', 'w', 'c', 'd', 'z').map(ctrl),
)

describe('an editor', () => {
  it('keeps its cursor within the text and between two characters, whatever is pressed', () => {
    fc.assert(
      fc.property(fc.array(anyKey, { maxLength: 60 }), (keys) => {
        let editor = EMPTY_EDITOR
        for (const key of keys) {
          editor = edit(editor, key).editor
          const boundaries = new Set([0])
          for (const grapheme of graphemes(editor.text)) boundaries.add(Math.max(...boundaries) + grapheme.length)
          expect(boundaries).toContain(editor.cursor)
          expect(editor.at).toBeLessThanOrEqual(editor.history.length)
        }
      }),
    )
  })

  it('is a list of characters with a place in it', () => {
    const letter = fc.constantFrom('a', 'é', '漢', '🐚', '👩‍👩‍👧', ' ')
    const press = fc.oneof(
      letter.map(type),
      fc.constantFrom('backspace', 'delete', 'left', 'right', 'home', 'end').map((name) => ({ type: name }) as Key),
    )
    fc.assert(
      fc.property(fc.array(press, { maxLength: 60 }), (keys) => {
        let model: string[] = []
        let place = 0
        for (const key of keys) {
          if (key.type === 'text') model = model.toSpliced(place++, 0, key.text)
          else if (key.type === 'backspace' && place > 0) model = model.toSpliced(--place, 1)
          else if (key.type === 'delete') model = model.toSpliced(place, 1)
          else if (key.type === 'left') place = Math.max(0, place - 1)
          else if (key.type === 'right') place = Math.min(model.length, place + 1)
          else if (key.type === 'home') place = 0
          else if (key.type === 'end') place = model.length
        }
        expect(shown(after(keys))).toBe(`${model.slice(0, place).join('')}|${model.slice(place).join('')}`)
      }),
    )
  })

  it('deletes nothing when Delete is pressed at the end', () => {
    expect(shown(after([type('abc'), { type: 'delete' }]))).toBe('abc|')
  })

  it('deletes a family of four code points at once', () => {
    expect(shown(after([type('a👩‍👩‍👧'), { type: 'backspace' }]))).toBe('a|')
  })

  it('kills to the start and the end of the line, and a word back', () => {
    const keys: Key[] = [type('one two three'), { type: 'left' }, { type: 'left' }]
    expect(shown(after([...keys, ctrl('u')]))).toBe('|ee')
    expect(shown(after([...keys, ctrl('k')]))).toBe('one two thr|')
    expect(shown(after([type('one two  '), ctrl('w')]))).toBe('one |')
    expect(shown(after([type('ab'), ctrl('a'), type('x'), ctrl('e'), type('y')]))).toBe('xaby|')
  })

  it('submits on Enter, but neither an empty line nor the newlines of a paste', () => {
    const pasted = edit(EMPTY_EDITOR, { type: 'paste', text: 'one\ntwo\n' })
    expect(pasted.action).toBeUndefined()
    expect(edit(pasted.editor, { type: 'enter' }).action).toEqual({ type: 'submit', text: 'one\ntwo\n' })
    expect(edit(after([type('  ')]), { type: 'enter' }).action).toBeUndefined()
  })

  it('recalls what was sent and comes back to the draft', () => {
    const sent = after([type('one'), { type: 'enter' }, type('two'), { type: 'enter' }, type('draft')])
    const up: Key = { type: 'up' }
    const down: Key = { type: 'down' }
    expect(after([up], sent).text).toBe('two')
    expect(after([up, up, up], sent).text).toBe('one')
    expect(after([up, up, down, down, down], sent).text).toBe('draft')
  })

  it('moves between the lines of a paste before it looks at history', () => {
    const editor = after([type('old'), { type: 'enter' }, { type: 'paste', text: 'ab\ncdef' }, { type: 'up' }])
    expect(shown(editor)).toBe('ab|\ncdef')
    expect(shown(after([{ type: 'down' }], editor))).toBe('ab\ncd|ef')
    expect(after([{ type: 'up' }], editor).text).toBe('old')
  })

  it('ends by ctrl-d only on an empty line, and leaves ctrl-c to the face', () => {
    expect(edit(EMPTY_EDITOR, ctrl('d')).action).toEqual({ type: 'end' })
    expect(edit(after([type('ab'), { type: 'home' }]), ctrl('d')).editor.text).toBe('b')
    expect(edit(after([type('ab')]), ctrl('c'))).toMatchObject({
      editor: { text: 'ab' },
      action: { type: 'interrupt' },
    })
  })
})
