import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { graphemes } from '../dist/drawn/width.js'
import { EDITOR_ACTIONS, type Edit, type Editor, EMPTY_EDITOR, edit, newEditor } from '../dist/typed/editor.js'
import { submitted } from '../dist/typed/submission.js'

const type = (text: string): Edit => ({ type: 'insert', text })
const paste = (text: string): Edit => ({ type: 'paste', text })
const does = (...actions: readonly (typeof EDITOR_ACTIONS)[number][]): Edit[] =>
  actions.map((action) => ({ type: action }))
const after = (edits: readonly Edit[], from: Editor = EMPTY_EDITOR, width?: number): Editor =>
  edits.reduce((editor, what) => edit(editor, what, width), from)
/** The text with a bar where the cursor stands. */
const shown = ({ text, cursor }: Editor) => `${text.slice(0, cursor)}|${text.slice(cursor)}`

const letter = fc.constantFrom('a', 'é', '漢', '🐚', '👩‍👩‍👧', ' ')
const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...EDITOR_ACTIONS).map((action): Edit => ({ type: action })) },
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }).map(type),
  fc.constantFrom('\u0301', '\u200d', '👩', '🇩', '\ud83d', 'e', '\r\n', '\u{10f001}').map(type),
  fc.string({ unit: 'grapheme' }).map((text) => paste(`${text}\nx`)),
  fc.constant(paste('long '.repeat(300))),
)

describe('an editor', () => {
  it('keeps its cursor within the text and between two characters, whatever is pressed', () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { maxLength: 60 }), fc.constantFrom(10, 20, 80), (edits, width) => {
        let editor = newEditor(['one', 'two\nlines', 'e\u0301\r\n'])
        for (const what of edits) {
          editor = edit(editor, what, width)
          const boundaries = new Set([0])
          for (const grapheme of graphemes(editor.text)) boundaries.add(Math.max(...boundaries) + grapheme.length)
          expect(boundaries).toContain(editor.cursor)
          expect(editor.history.at).toBeLessThanOrEqual(editor.history.entries.length)
        }
      }),
    )
  })

  it('is a list of characters with a place in it', () => {
    const press = fc.oneof(
      letter.map(type),
      fc.constantFrom(...does('delete_back', 'delete_forward', 'left', 'right', 'line_start', 'line_end')),
    )
    fc.assert(
      fc.property(fc.array(press, { maxLength: 60 }), (edits) => {
        let model: string[] = []
        let place = 0
        for (const what of edits) {
          if (what.type === 'insert') model = model.toSpliced(place++, 0, what.text)
          else if (what.type === 'delete_back' && place > 0) model = model.toSpliced(--place, 1)
          else if (what.type === 'delete_forward') model = model.toSpliced(place, 1)
          else if (what.type === 'left') place = Math.max(0, place - 1)
          else if (what.type === 'right') place = Math.min(model.length, place + 1)
          else if (what.type === 'line_start') place = 0
          else if (what.type === 'line_end') place = model.length
        }
        expect(shown(after(edits))).toBe(`${model.slice(0, place).join('')}|${model.slice(place).join('')}`)
      }),
    )
  })

  it('deletes nothing when Delete is pressed at the end', () => {
    expect(shown(after([type('abc'), ...does('delete_forward')]))).toBe('abc|')
  })

  it('stands behind a mark that joins what was typed before it', () => {
    expect(shown(after([type('\u0301x'), ...does('line_start'), type('e')]))).toBe('e\u0301|x')
  })

  it('deletes a family of four code points at once', () => {
    expect(shown(after([type('a👩‍👩‍👧'), ...does('delete_back')]))).toBe('a|')
  })

  it('kills to the start and the end of the line, a word back, and at an edge the newline', () => {
    const edits = [type('one two three'), ...does('left', 'left')]
    expect(shown(after([...edits, ...does('delete_to_line_start')]))).toBe('|ee')
    expect(shown(after([...edits, ...does('delete_to_line_end')]))).toBe('one two thr|')
    expect(shown(after([type('one two  '), ...does('delete_word_back')]))).toBe('one |')
    expect(shown(after([type('one two'), ...does('line_start', 'delete_word_forward')]))).toBe('| two')
    expect(shown(after([paste('ab\ncd'), ...does('line_start', 'delete_to_line_start')]))).toBe('ab|cd')
    expect(shown(after([paste('ab\ncd'), ...does('text_start', 'line_end', 'delete_to_line_end')]))).toBe('ab|cd')
    expect(shown(after([type('ab'), ...does('line_start'), type('x'), ...does('line_end'), type('y')]))).toBe('xaby|')
  })

  it('submits what is typed, but no blanks', () => {
    expect(submitted(after([paste('one\ntwo\n')]))?.submission).toEqual({ text: 'one\ntwo\n', attachments: [] })
    expect(submitted(after([type('  '), ...does('newline')]))).toBeUndefined()
  })

  const sending = (texts: readonly string[]): Editor =>
    texts.reduce((editor, text) => submitted(edit(editor, type(text)))?.editor ?? editor, EMPTY_EDITOR)

  it('recalls what was sent and comes back to the draft', () => {
    const draft = edit(sending(['one', 'two']), type('draft'))
    expect(after(does('up'), draft).text).toBe('two')
    expect(after(does('up', 'up', 'up'), draft).text).toBe('one')
    expect(after(does('up', 'up', 'down', 'down', 'down'), draft).text).toBe('draft')
    expect(after(does('history_previous', 'history_previous', 'history_next'), draft).text).toBe('two')
  })

  it('moves between the lines of a paste before it looks at history, and comes back to its column', () => {
    const editor = after([paste('ab\ncdef'), ...does('up')], sending(['old']))
    expect(shown(editor)).toBe('ab|\ncdef')
    expect(shown(after(does('down'), editor))).toBe('ab\ncdef|')
    expect(shown(after(does('left', 'down'), editor))).toBe('ab\nc|def')
    expect(after(does('up'), editor).text).toBe('old')
  })

  it('moves by the rows that a long line takes, before it looks at history', () => {
    // A prompt of 12 columns has room for 9 characters and the cursor.
    const editor = after([type('abcdefghijklmnopqrst')], sending(['old']), 12)
    expect(shown(after(does('up'), editor, 12))).toBe('abcdefghijk|lmnopqrst')
    expect(shown(after(does('up', 'up'), editor, 12))).toBe('ab|cdefghijklmnopqrst')
    expect(shown(after(does('up', 'up', 'down', 'down'), editor, 12))).toBe('abcdefghijklmnopqrst|')
    expect(after(does('up', 'up', 'up'), editor, 12).text).toBe('old')
    // Behind the last character of a row that goes on is the next row.
    expect(shown(after([type('abcdefghijklmnopqr'), ...does('up')], EMPTY_EDITOR, 12))).toBe('abcdefgh|ijklmnopqr')
  })
})
