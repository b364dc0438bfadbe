import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Block } from '../dist/block.js'
import { line, type Row } from '../dist/drawn/line.js'
import { repaired, widthOf, withPrinted } from '../dist/drawn/repair.js'
import { frame } from '../dist/drawn/screen.js'
import { themeOf } from '../dist/drawn/theme.js'
import { textWidth } from '../dist/drawn/width.js'
import { rowsOf } from '../dist/drawn/wrap.js'
import { vtScreen } from './support/vt-screen.ts'

const BARE = themeOf({ noColor: true, background: 'unknown', depth: '16' })
const rows = (texts: readonly string[]): Row[] => texts.map((text) => ({ text, tone: 'plain' }))
const letters = (texts: readonly string[]): string => texts.join('').replaceAll(' ', '')
/** What a terminal makes of a row that is too wide for it. */
const wrapped = ({ text }: Row, columns: number): string[] =>
  text === ''
    ? ['']
    : cells(text).reduce<string[]>((rows, char) => {
        const last = rows.at(-1)
        if (last !== undefined && textWidth(last + char) <= columns) rows[rows.length - 1] = last + char
        else rows.push(char)
        return rows
      }, [])
const cells = (text: string): string[] => Array.from(text)

const size = fc.constantFrom({ columns: 20, rows: 7 }, { columns: 34, rows: 12 }, { columns: 60, rows: 25 })
const said = fc.array(fc.constantFrom('a', 'word', 'goes', 'another-one', '漢字'), { maxLength: 14 })
const printed = fc.array(
  said.map((words) => words.join(' ')),
  { maxLength: 40 },
)

describe('a screen whose drawings were read for another size', () => {
  it('shows the end of what was said whole, once and in order, and what stood there before as it was', () => {
    fc.assert(
      fc.property(printed, size, size, fc.nat(5), (lines, from, to, shells) => {
        const before: Block = {
          rows: rows(['x'.repeat(from.columns - 1), 's', '> ']),
          cursor: { row: 2, before: '> ' },
        }
        const block: Block = { rows: rows(['open', 'status', '> t']), cursor: { row: 2, before: '> t' } }
        const shell = Array.from({ length: shells }, (_, n) => `$ ${n}`)
        const known = withPrinted(
          [],
          lines.map((text) => line(text)),
          widthOf(from),
        )
        const ours = [...known.flatMap(({ line, width }) => rowsOf(line, width)), ...before.rows]
        const stands = ours.flatMap((row) => wrapped(row, to.columns))
        // All that is ours is broken, wherever it stands.
        const screen = vtScreen(to.columns, to.rows)
        screen.write([...shell, ...stands.map((_, n) => (n === stands.length - 1 ? '> ' : '#'))].join('\r\n'))
        const cursorRow = screen.cursor().row + 1
        const gone = screen.scrollback.length

        const { drawn, rows: again } = repaired({ block: before, size: from }, known, to, cursorRow)
        screen.write(
          frame(
            drawn,
            again.map((row) => ({ ...row, hang: 0 })),
            block,
            to,
            BARE,
          ),
        )

        const seen = screen.all().split('\n').slice(gone)
        const left = shell.slice(gone)
        expect(seen.slice(0, left.length)).toEqual(left)
        const shown = seen.slice(left.length)
        const whole = [...lines.flatMap((text) => rowsOf(line(text), widthOf(to))), ...block.rows]
        if (gone === 0) expect(shown).toEqual(whole.map(({ text }) => text.trimEnd()))
        expect(shown.slice(-3)).toEqual(block.rows.map(({ text }) => text))
        // What stood on the screen stands there again, and no word more.
        const stood = stands.slice(0, -before.rows.flatMap((row) => wrapped(row, to.columns)).length)
        const visible = stood.slice(Math.max(0, gone - shells))
        expect(letters(shown.slice(0, -3))).toBe(letters(visible))
        expect(screen.cursor().column).toBe(3)
      }),
      { numRuns: 500 },
    )
  })
})
