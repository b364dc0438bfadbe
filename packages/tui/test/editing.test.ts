import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Attachment } from '../dist/typed/attachment.js'
import { TYPED_LIMIT } from '../dist/typed/change.js'
import { cleared, EDITOR_ACTIONS, type Edit, type Editor, EMPTY_EDITOR, edit, newEditor } from '../dist/typed/editor.js'
import { remembered } from '../dist/typed/history.js'
import { fits } from '../dist/typed/insert.js'
import { killed } from '../dist/typed/kill-ring.js'
import { wordEnd, wordStart } from '../dist/typed/motions.js'
import { promptRows } from '../dist/typed/prompt.js'
import { submitted } from '../dist/typed/submission.js'

const type = (text: string): Edit => ({ type: 'insert', text })
const paste = (text: string): Edit => ({ type: 'paste', text })
const does = (...actions: readonly (typeof EDITOR_ACTIONS)[number][]): Edit[] =>
  actions.map((action) => ({ type: action }))
const after = (edits: readonly Edit[], from: Editor = EMPTY_EDITOR): Editor =>
  edits.reduce((editor, what) => edit(editor, what), from)
const shown = ({ text, cursor }: Editor) => `${text.slice(0, cursor)}|${text.slice(cursor)}`
const state = ({ text, cursor }: Editor) => ({ text, cursor })
const rows = (editor: Editor, width = 60) => promptRows(editor, width, 8).rows

const LONG = Array.from({ length: 1234 }, (_, n) => `line ${n}`).join('\n')
const cat: Attachment = {
  name: 'cat.png',
  mediaType: 'image/png',
  sizeBytes: 120_400,
  source: { type: 'file', path: '/tmp/cat.png' },
}
const attach = (attachment = cat): Edit => ({ type: 'attach', attachment })

const word = fc.constantFrom('a', 'bc', 'é', '漢', ' ', '  ', '.', '\n', '🐚', 'd_1')
const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.constantFrom(...EDITOR_ACTIONS).map((action): Edit => ({ type: action })),
  word.map(type),
  fc.array(word, { maxLength: 5 }).map((words) => paste(words.join(''))),
  fc.constant(paste(LONG)),
  fc.constant(attach()),
)
const changes = (what: Edit) => !['undo', 'redo'].includes(what.type)

describe('undo', () => {
  it('then redo is as if nothing had been undone, however often', () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { maxLength: 40 }), fc.integer({ min: 1, max: 30 }), (edits, times) => {
        const editor = after(edits.filter(changes), newEditor(['sent before']))
        const back = after(
          Array.from({ length: times }, (): Edit => ({ type: 'undo' })),
          editor,
        )
        const forth = after(
          Array.from({ length: times }, (): Edit => ({ type: 'redo' })),
          back,
        )
        expect(state(forth)).toEqual(state(editor))
      }),
    )
  })

  it('of everything is the empty text', () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { maxLength: 40 }), (edits) => {
        const all = Array.from({ length: 50 }, (): Edit => ({ type: 'undo' }))
        expect(after(all, after(edits.filter(changes))).text).toBe('')
      }),
    )
  })

  it('takes back typing by words, and deleting in one', () => {
    const editor = after([...'one two  three'].map(type))
    expect(after(does('undo'), editor).text).toBe('one two  ')
    expect(after(does('undo', 'undo'), editor).text).toBe('one ')
    expect(after(does('delete_back', 'delete_back', 'undo'), editor).text).toBe('one two  three')
    expect(after(does('left', 'undo', 'redo'), editor)).toMatchObject({ text: 'one two  three', cursor: 13 })
  })

  it('brings back a line that was cleared', () => {
    expect(after(does('undo'), cleared(after([type('a draft')]))).text).toBe('a draft')
  })

  it('is bounded by what is kept', () => {
    const many = Array.from({ length: 600 }, (_, n) => [type(`${n}`), ...does('left')]).flat()
    expect(after(many).undo.past).toHaveLength(500)
    const large = 'x'.repeat(900)
    const heavy = Array.from({ length: 250 }, () => [type(large), ...does('left')]).flat()
    const units = after(heavy).undo.past.reduce((sum, { text }) => sum + text.length, 0)
    expect(units).toBeLessThanOrEqual(4 * 1024 * 1024)
  })
})

describe('a kill', () => {
  const kills = fc.constantFrom(
    ...does('delete_word_back', 'delete_word_forward', 'delete_to_line_start', 'delete_to_line_end'),
  )

  it('and a yank restore the text, wherever the cursor stands', () => {
    fc.assert(
      fc.property(fc.array(word), fc.nat(30), kills, (words, lefts, how) => {
        const moves = Array.from({ length: lefts }, (): Edit => ({ type: 'left' }))
        const editor = after([...words.map(type), ...moves])
        fc.pre(after([how], editor).text !== editor.text)
        expect(after([how, ...does('yank')], editor).text).toBe(editor.text)
      }),
    )
  })

  it('right after another is one with it, in the order of the text', () => {
    const editor = after([type('one two three'), ...does('word_left')])
    const gone = after(does('delete_word_back', 'delete_word_forward', 'delete_word_back'), editor)
    expect(gone.text).toBe('')
    expect(gone.kills).toEqual(['one two three'])
    expect(after(does('delete_word_back', 'left', 'delete_word_back'), editor).kills).toHaveLength(2)
  })

  it('before the last comes back instead of it, and so on around', () => {
    const edits = ['one', 'two', 'three'].flatMap((text) => [type(text), ...does('delete_to_line_start', 'left')])
    const editor = after([...edits, type('> '), ...does('yank')])
    expect(shown(editor)).toBe('> three|')
    expect(shown(after(does('yank_pop'), editor))).toBe('> two|')
    expect(shown(after(does('yank_pop', 'yank_pop', 'yank_pop'), editor))).toBe('> three|')
    expect(shown(after(does('left', 'yank_pop'), editor))).toBe('> thre|e')
    expect(after(does('yank', 'yank_pop')).text).toBe('')
  })

  it('is kept within bounds, and the newest always', () => {
    const ring = Array.from({ length: 100 }, (_, n) => `${n}`).reduce<readonly string[]>(
      (all, text) => killed(all, text, undefined),
      [],
    )
    expect(ring).toHaveLength(60)
    expect(ring.at(-1)).toBe('99')
    const large = 'x'.repeat(700_000)
    expect(killed(killed([], large, undefined), large, undefined)).toEqual([large])
  })
})

describe('word motion', () => {
  it('from the start of a word to its end and back is no motion', () => {
    fc.assert(
      fc.property(fc.array(word), fc.nat(), (words, at) => {
        const text = words.join('')
        const start = wordStart(text, wordEnd(text, at % (text.length + 1)))
        fc.pre(/^[\p{L}\p{N}_]/u.test(text.slice(start)))
        expect(wordStart(text, wordEnd(text, start))).toBe(start)
      }),
    )
  })

  it('always gets on, to either end', () => {
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const text = words.join('')
        let at = 0
        while (at < text.length) {
          const next = wordEnd(text, at)
          expect(next).toBeGreaterThan(at)
          at = next
        }
        while (at > 0) {
          const next = wordStart(text, at)
          expect(next).toBeLessThan(at)
          at = next
        }
      }),
    )
  })

  it('takes a chip for a word', () => {
    const editor = after([type('ab'), paste(LONG), type('cd')])
    expect(after(does('word_left', 'word_left'), editor).cursor).toBe(2)
    expect(after(does('word_left', 'delete_word_back'), editor).text).toBe('abcd')
  })
})

describe('history', () => {
  it('keeps 1,000 entries and a million units, nothing twice in a row, and nothing that would push out the rest', () => {
    const all = Array.from({ length: 1500 }, (_, n) => `${n}`).reduce(remembered, newEditor().history)
    expect(all.entries).toHaveLength(1000)
    expect(all.entries.at(-1)).toBe('1499')
    expect(remembered(remembered(newEditor().history, 'a'), 'a').entries).toEqual(['a'])
    const large = newEditor(Array.from({ length: 12 }, (_, n) => `${n}`.repeat(100_000))).history
    expect(large.entries.join('').length).toBeLessThanOrEqual(1024 * 1024)
    expect(remembered(all, 'x'.repeat(600_000)).entries).toEqual(all.entries)
  })

  it('gives back a long text folded, and what a draft had folded', () => {
    const long = 'a long line\n'.repeat(3000)
    const editor = after([paste(LONG), type('draft')], newEditor([long]))
    const back = after(does('history_previous'), editor)
    expect(rows(back)).toEqual(['> [paste 2: 3,001 lines]'])
    expect(submitted(back)?.submission.text).toBe(long)
    expect(rows(after(does('history_next'), back))).toEqual(['> [paste 1: 1,234 lines]draft'])
  })

  it('holds what was pasted, and of a file its path', () => {
    const sent = submitted(after([type('see '), attach(), type(' '), paste(LONG)]))
    expect(sent?.editor.history.entries).toEqual([`see /tmp/cat.png ${LONG}`])
  })
})

describe('a large paste', () => {
  it('is shown as one label, deleted as one character, and sent in full', () => {
    const editor = after([type('look: '), paste(LONG), type(' please')])
    expect(rows(editor)).toEqual(['> look: [paste 1: 1,234 lines] please'])
    expect(submitted(editor)?.submission).toEqual({ text: `look: ${LONG} please`, attachments: [] })
    expect(after([paste(LONG), ...does('delete_back')]).text).toBe('')
    expect(rows(after([paste('x'.repeat(5000)), paste(LONG)]))).toEqual([
      '> [paste 1: 5,000 characters][paste 2: 1,234 lines]',
    ])
  })

  it('is what is longer than ten lines or 1,000 characters, however it comes', () => {
    expect(after([paste('x\n'.repeat(9))]).chips).toEqual([])
    expect(after([paste('x\n'.repeat(10))]).chips).toHaveLength(1)
    expect(after([paste('x'.repeat(1000))]).chips).toEqual([])
    expect(after([type('x'.repeat(1001))]).chips).toHaveLength(1)
  })

  it('of 5 MB makes no key slower', () => {
    const editor = after([type('a '), paste('0123456789\n'.repeat(500_000)), type(' b')])
    const started = performance.now()
    const keys = Array.from({ length: 200 }, () => [type('x'), ...does('word_left', 'up', 'down', 'text_end')]).flat()
    for (const what of keys) expect(rows(edit(editor, what))[0]).toContain('500,001 lines')
    // 1,000 keys; each of them would take 50 ms and more, if it looked at the paste.
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it('can be put back after it was killed, but not into another message', () => {
    const editor = after([paste(LONG), ...does('delete_to_line_start'), type('x'), ...does('yank')])
    const sent = submitted(editor)
    expect(sent?.submission.text).toBe(`x${LONG}`)
    expect(sent && after(does('yank'), sent.editor).text).toBe('')
    expect(sent?.editor.chips).toEqual([])
  })

  it('that there is no room for is not taken, and can be known before', () => {
    const half = paste('x'.repeat(9 * 1024 * 1024))
    const editor = after([half])
    const more = 'y'.repeat(9 * 1024 * 1024)
    expect(fits(editor, more)).toBe(false)
    expect(edit(editor, paste(more)).text).toBe(editor.text)
    expect(after([half, half]).chips).toHaveLength(1)
    expect(cleared(editor).chips).toEqual([])
  })

  it('is no way to write a chip that is not there', () => {
    expect(after([type('\u{10f000}'), paste('\u{10ffff}')]).text).toBe('\ufffd\ufffd')
    expect(after(does('up'), newEditor(['\u{10f000}'])).text).toBe('\ufffd')
  })
})

describe('typed text', () => {
  it('has a bound', () => {
    const full = { ...EMPTY_EDITOR, text: 'x'.repeat(TYPED_LIMIT), cursor: TYPED_LIMIT }
    expect(fits(full, 'y')).toBe(false)
    expect(after([type('y'), ...does('newline')], full).text).toBe(full.text)
    expect(after(does('delete_back'), full).text).toHaveLength(TYPED_LIMIT - 1)
  })
})

describe('something attached', () => {
  it('is shown by its kind, name and size, deleted as one, and sent behind the text in order', () => {
    const dog = { ...cat, name: 'dog.jpg', sizeBytes: 2_345_000 }
    const pdf = { ...cat, name: 'a.pdf', mediaType: 'application/pdf', sizeBytes: 12 }
    const editor = after([attach(pdf), type(' '), attach(), type(' or '), attach(dog)])
    expect(rows(editor, 90)).toEqual([
      '> [file 1: a.pdf, 12 bytes] [image 1: cat.png, 120 KB] or [image 2: dog.jpg, 2.3 MB]',
    ])
    expect(submitted(editor)?.submission.attachments).toEqual([pdf, cat, dog])
    const moved = after([...does('delete_back', 'text_start'), attach(dog)], editor)
    expect(submitted(moved)?.submission.attachments).toEqual([dog, pdf, cat])
    expect(submitted(after([attach()]))?.submission.text).toBe('[image 1: cat.png, 120 KB]')
  })

  it('has a name that can do no harm, and never takes more than its row', () => {
    const evil = { ...cat, name: `\u001b[2J\u202e${'漢'.repeat(300)}` }
    const [row = ''] = rows(after([attach(evil)]), 20)
    expect(row).toMatch(/^> \[image 1: 漢+…$/u)
  })
})
