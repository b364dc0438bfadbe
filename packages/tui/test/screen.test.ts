import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Block } from '../dist/block.js'
import { type Editor, EMPTY_EDITOR, edit } from '../dist/editor.js'
import { line } from '../dist/line.js'
import { promptRows } from '../dist/prompt.js'
import { type Drawn, frame } from '../dist/screen.js'
import { themeOf } from '../dist/theme.js'
import { textWidth } from '../dist/width.js'
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
          last = { block, columns: size.columns }
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
        { block: wide, columns: 40 },
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

  it('writes nothing when nothing changed, and no colour where none is wanted', () => {
    const same: Block = { rows: [{ text: 'status', tone: 'dim' }], cursor: { row: 0, before: '' } }
    const size = { columns: 20, rows: 10 }
    expect(frame({ block: same, columns: 20 }, [], same, size, COLOURS)).toBe('')
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
