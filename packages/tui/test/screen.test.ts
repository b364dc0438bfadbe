import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Block } from '../dist/block.js'
import { line } from '../dist/drawn/line.js'
import { type Drawn, frame } from '../dist/drawn/screen.js'
import { themeOf } from '../dist/drawn/theme.js'
import { textWidth } from '../dist/drawn/width.js'
import { type Editor, EMPTY_EDITOR, edit } from '../dist/typed/editor.js'
import { promptRows } from '../dist/typed/prompt.js'
import { vtScreen } from './support/vt-screen.ts'

const COLOURS = themeOf({ noColor: false, background: 'unknown', depth: '16' })
const BARE = themeOf({ noColor: true, background: 'unknown', depth: '16' })
const word = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '漢', '-'), maxLength: 30 })
const block = (width: number, rows: number) =>
  fc.tuple(fc.array(word, { minLength: 1, maxLength: rows }), fc.nat(), fc.nat()).map(([texts, row, column]): Block => {
    const cut = texts.map((text) => text.slice(0, Math.floor(width / 2)))
    const at = row % cut.length
    return {
      rows: cut.map((text) => ({ text, tone: 'plain' })),
      cursor: { row: at, before: (cut[at] ?? '').slice(0, column % ((cut[at] ?? '').length + 1)) },
    }
  })

describe('drawing', () => {
  it('leaves every printed line once and in order above the newest block, and the cursor in its place', () => {
    const size = { columns: 24, rows: 8 }
    const step = fc.record({ lines: fc.array(word, { maxLength: 4 }), block: block(23, 7) })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const screen = vtScreen(size.columns, size.rows)
        let last: Drawn | undefined
        for (const { lines, block } of steps) {
          screen.write(
            frame(
              last,
              lines.map((text) => line(text)),
              block,
              size,
              COLOURS,
            ),
          )
          last = { block, size }
        }
        const printed = steps.flatMap(({ lines }) =>
          lines
            .join('\n')
            .split('\n')
            .filter((text) => text.trim() !== ''),
        )
        const newest = steps.at(-1)?.block as Block
        const rows = screen.all().split('\n')
        const shown = [...rows.join(' ').matchAll(/\S+/gu)].join('')
        const wanted = [...printed, ...newest.rows.map(({ text }) => text)].join('').replaceAll(/\s/gu, '')
        expect(shown).toBe(wanted)
        expect(screen.cursor().column).toBe(textWidth(newest.cursor.before))
      }),
    )
  })

  it('moves rows that stand there already, and the screen is as if all had been written', () => {
    const size = { columns: 24, rows: 8 }
    // A window over a text that goes on, with rows below that stay, as while an answer is said.
    const said = Array.from({ length: 200 }, (_, n) => (n % 7 === 3 ? '' : `row ${n} says 漢${n % 5}`))
    const step = fc.record({
      from: fc.nat({ max: 3 }),
      more: fc.nat({ max: 12 }),
      below: fc.nat({ max: 3 }),
      printed: fc.nat({ max: 12 }),
      cut: fc.nat({ max: 4 }),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 15 }), (steps) => {
        const screen = vtScreen(size.columns, size.rows)
        let last: Drawn | undefined
        let [from, to] = [0, 1]
        const printed: string[] = []
        for (const { from: down, more, below, printed: lines, cut } of steps) {
          to = Math.min(said.length, to + more)
          const out = said.slice(from, Math.min(to, from + lines))
          from = Math.max(from + out.length, Math.min(to - 1, from + down), to - 5)
          const open = said.slice(from, to).map((text, n, all) => (n === all.length - 1 ? text.slice(cut) : text))
          const texts = [...open, ...['status', '> typed', 'facts'].slice(0, Math.max(1, below))]
          const block: Block = {
            rows: texts.map((text) => ({ text, tone: 'plain' })),
            cursor: { row: texts.length - 1, before: '> ' },
          }
          const shown = out.map((text) => line(text))
          screen.write(frame(last, shown, block, size, COLOURS))
          last = { block, size }
          printed.push(...out)
          const wanted = [...printed, ...texts].map((text) => text.trimEnd())
          expect(screen.all().split('\n').slice(0, wanted.length)).toEqual(wanted)
          expect(screen.all().trimEnd().split('\n')).toHaveLength(wanted.length)
          const { row, column } = screen.cursor()
          expect(screen.screen().split('\n')[row]).toBe(texts.at(-1))
          expect(column).toBe(2)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('takes away what a narrower terminal has wrapped again, and no line above it', () => {
    const screen = vtScreen(20, 10)
    const wide: Block = {
      rows: [
        { text: 'x'.repeat(35), tone: 'plain' },
        { text: '> ', tone: 'plain' },
      ],
      cursor: { row: 1, before: '> ' },
    }
    // What a terminal shows after it got narrower: the block's first row in two.
    screen.write(`printed\r\n${'x'.repeat(20)}\r\n${'x'.repeat(15)}\r\n> `)
    screen.write(
      frame(
        { block: wide, size: { columns: 40, rows: 10 } },
        [],
        {
          ...wide,
          rows: [
            { text: 'short', tone: 'plain' },
            { text: '> ', tone: 'plain' },
          ],
        },
        { columns: 20, rows: 10 },
        BARE,
      ),
    )
    expect(screen.screen()).toBe('printed\nshort\n>')
  })

  it('writes all rows again in a terminal of another height, which may have dropped those below the cursor', () => {
    const row = (text: string) => ({ text, tone: 'plain' }) as const
    const block: Block = { rows: [row('status'), row('> '), row('facts')], cursor: { row: 1, before: '> ' } }
    const screen = vtScreen(20, 8)
    screen.write('one\r\nstatus\r\n> ')
    screen.write(frame({ block, size: { columns: 20, rows: 10 } }, [], block, { columns: 20, rows: 8 }, BARE))
    expect(screen.screen()).toBe('one\nstatus\n>\nfacts')
    expect(screen.cursor()).toEqual({ row: 2, column: 2 })
  })

  it('writes a character again when a mark joins it', () => {
    const size = { columns: 20, rows: 10 }
    const says = (text: string): Block => ({ rows: [{ text, tone: 'plain' }], cursor: { row: 0, before: '' } })
    expect(frame({ block: says('xe'), size }, [], says('xe\u0301'), size, BARE)).toContain('e\u0301')
    expect(frame({ block: says('xe'), size }, [], says('xe漢'), size, BARE)).not.toContain('x')
  })

  it('moves what stands behind something that was put into a row, and writes only that', () => {
    const size = { columns: 40, rows: 10 }
    const part = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '│', '─'), maxLength: 11 })
    const says = (text: string, ...marks: NonNullable<Block['rows'][number]['marks']>): Block => ({
      rows: [
        { text, tone: 'plain', marks },
        { text: '> ', tone: 'plain' },
      ],
      cursor: { row: 1, before: '> ' },
    })
    fc.assert(
      fc.property(part, part, part, (before, put, after) => {
        const screen = vtScreen(size.columns, size.rows)
        const [first, next] = [says(`${before}${after}|`), says(`${before}${put}${after}|`)]
        screen.write(frame(undefined, [], first, size, BARE))
        const text = frame({ block: first, size }, [], next, size, BARE)
        screen.write(text)
        expect(screen.screen()).toBe(`${before}${put}${after}|\n>`)
        expect(screen.cursor()).toEqual({ row: 1, column: 2 })
        expect(text.length).toBeLessThanOrEqual(put.length + 20)
      }),
    )
    const bold = says('a │ b', { from: 4, to: 5, style: 'strong' })
    const apart = says('a   │ b', { from: 6, to: 7, style: 'strong' })
    expect(frame({ block: bold, size }, [], apart, size, COLOURS)).toContain('[3G\u001b[2@\u001b8')
    // Underlined where it was not.
    const other = says('a   │ b', { from: 2, to: 4, style: 'link' }, { from: 6, to: 7, style: 'strong' })
    expect(frame({ block: bold, size }, [], other, size, COLOURS)).toContain('36m  \u001b[m')
    const plain = says('a   │ b')
    expect(frame({ block: bold, size }, [], plain, size, COLOURS)).not.toContain('@')
  })

  it('goes back to where the cursor was when it was moved, and to where it is now', () => {
    const size = { columns: 40, rows: 10 }
    const says = (text: string, typed: string): Block => ({
      rows: ['', text, '', '', `> ${typed}`].map((text) => ({ text, tone: 'plain' })),
      cursor: { row: 4, before: `> ${typed}` },
    })
    const screen = vtScreen(size.columns, size.rows)
    screen.write(frame(undefined, [], says('one', ''), size, BARE))
    const text = frame({ block: says('one', ''), size }, [], says('one two', ''), size, BARE)
    expect(text).toBe('\u001b7\u001b[3A\u001b[4G two\u001b8')
    screen.write(text)
    screen.write(frame({ block: says('one two', ''), size }, [], says('one two three', 'x'), size, BARE))
    expect(screen.cursor()).toEqual({ row: 4, column: 3 })
    expect(screen.screen()).toBe('\none two three\n\n\n> x')
  })

  it('writes nothing of a row whose styles have only come in another order', () => {
    const size = { columns: 40, rows: 10 }
    const marks = [
      { from: 0, to: 3, style: 'strong' },
      { from: 4, to: 7, style: 'code' },
    ] as const
    const says = (all: Block['rows'][number]['marks'] & {}): Block => ({
      rows: [{ text: 'one two', tone: 'plain', marks: all }],
      cursor: { row: 0, before: '' },
    })
    expect(frame({ block: says(marks), size }, [], says(marks.toReversed()), size, COLOURS)).toBe('')
  })

  it('writes nothing when nothing changed, and no colour where none is wanted', () => {
    const same: Block = { rows: [{ text: 'status', tone: 'dim' }], cursor: { row: 0, before: '' } }
    const size = { columns: 20, rows: 10 }
    expect(frame({ block: same, size }, [], same, size, COLOURS)).toBe('')
    expect(frame(undefined, [line('bad', 'error')], same, size, BARE)).not.toMatch(/\[\d*m/u)
    expect(frame(undefined, [line('bad', 'error')], same, size, COLOURS)).toContain('[31mbad')
  })
})

describe('a prompt', () => {
  it('shows the typed text in rows that fit, with the cursor behind what stands before it', () => {
    const typed = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '漢', '🐚', '\n'), maxLength: 60 })
    fc.assert(
      fc.property(typed, fc.nat(), fc.integer({ min: 10, max: 30 }), (text, steps, width) => {
        let editor: Editor = { ...EMPTY_EDITOR, text, cursor: text.length }
        for (let left = steps % 20; left > 0; left--) editor = edit(editor, { type: 'left' })
        const { rows, cursor } = promptRows(editor, width, 1000)
        for (const row of rows) expect(textWidth(row)).toBeLessThanOrEqual(width)
        expect(rows.map((row) => row.slice(2)).join('')).toBe(text.replaceAll('\n', ''))
        const before = [...rows.slice(0, cursor.row).map((row) => row.slice(2)), cursor.before.slice(2)].join('')
        expect(before).toBe(text.slice(0, editor.cursor).replaceAll('\n', ''))
      }),
    )
  })

  it('has room for a cursor behind a full row', () => {
    expect(promptRows({ text: 'abcdefgh', cursor: 7, chips: [] }, 10, 9)).toEqual({
      rows: ['> abcdefg', '  h'],
      cursor: { row: 1, before: '  ' },
    })
    expect(promptRows({ text: 'abcdefg', cursor: 7, chips: [] }, 10, 9)).toEqual({
      rows: ['> abcdefg'],
      cursor: { row: 0, before: '> abcdefg' },
    })
  })

  it('shows the rows around the cursor when there are too many', () => {
    const text = Array.from({ length: 50 }, (_, n) => `row ${n}`).join('\n')
    const { rows, cursor } = promptRows({ text, cursor: text.indexOf('row 25'), chips: [] }, 40, 5)
    expect(rows).toHaveLength(5)
    expect(rows[cursor.row]).toBe('  row 25')
  })
})
