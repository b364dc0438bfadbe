import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { textWidth } from '../dist/drawn/width.js'
import { rowsOf } from '../dist/drawn/wrap.js'
import { speechLines } from '../dist/said/speech.js'

const rows = (markdown: string, width: number): string[] =>
  speechLines(markdown)
    .slice(1)
    .flatMap((line) => rowsOf(line, width).map(({ text }) => text))

const TABLE = '| Name | Amount | Note |\n|:--|--:|:-:|\n| 漢字 | 1 | `a\\|b` |\n| 👩‍👩‍👧 | 1,000 | **x** |'

describe('a table', () => {
  it('has straight columns, whatever the characters in them, each aligned as it is told', () => {
    expect(rows(TABLE, 60)).toEqual([
      'Name │ Amount │ Note',
      '─────┼────────┼──────',
      '漢字 │      1 │ `a|b`',
      '👩‍👩‍👧   │  1,000 │   x',
    ])
  })

  it('that is too wide wraps its widest cells, with a gap between its rows', () => {
    const markdown = '| Option | What it does |\n|--|--|\n| `-v` | says more of what is going on |\n| `-q` | less |'
    expect(rows(markdown, 32)).toEqual([
      'Option │ What it does',
      '───────┼────────────────────────',
      '`-v`   │ says more of what is',
      '       │ going on',
      '',
      '`-q`   │ less',
    ])
  })

  it('is a record for each row below thirty columns, and where its columns would be too narrow', () => {
    const records = ['Name: 漢字', 'Amount: 1', 'Note: `a|b`', '', 'Name: 👩‍👩‍👧', 'Amount: 1,000', 'Note: x']
    expect(rows(TABLE, 29)).toEqual(records)
    const wide = `|${'a long head|'.repeat(8)}\n|${'--|'.repeat(8)}\n|${'a long cell|'.repeat(8)}`
    expect(rows(wide, 60)).toEqual(Array.from({ length: 8 }, () => 'a long head: a long cell'))
  })

  it('in a list and a quote stands where it is said', () => {
    expect(rows('- a\n\n  | b | c |\n  |---|---|\n  | 1 | 2 |\n\n> | d |\n> |---|\n> | 3 |', 60)).toEqual([
      ...['• a', '', '  b │ c', '  ──┼──', '  1 │ 2', ''],
      ...['│ d', '│ ─', '│ 3'],
    ])
  })

  it('needs a head with as many cells as it has columns', () => {
    expect(rows('| a | b |\n|---|\n', 60)).toEqual(['| a | b |', '|---|'])
  })

  it('leaves out cells that it has no column for, and has room for those that lack', () => {
    expect(rows('a | b\n--|--\n1 | 2 | 3\n4 |', 60)).toEqual(['a │ b', '──┼──', '1 │ 2', '4 │'])
  })

  it('has a space where a cell has a break', () => {
    expect(rows('| a |\n|---|\n| b<br>c<BR/>d |', 60).at(-1)).toBe('b c d')
  })

  it('is given out by a hundred rows', () => {
    const markdown = `| a |\n|---|\n${Array.from({ length: 250 }, (_, n) => `| ${n} |\n`).join('')}`
    const lines = speechLines(markdown).slice(1)
    expect(lines.map(({ table }) => table?.rows.length)).toEqual([100, 100, 50])
    const shown = lines.flatMap((line) => rowsOf(line, 60)).map(({ text }) => text)
    expect(shown).toEqual(['a', '──', ...Array.from({ length: 250 }, (_, n) => String(n))])
  })

  it('of more than sixty columns is text', () => {
    expect(speechLines(`${'a|'.repeat(62)}\n${'-|'.repeat(62)}`).every(({ table }) => table === undefined)).toBe(true)
  })

  it('fits any screen, with its columns in line', () => {
    const cell = fc.string({ unit: fc.constantFrom('word ', '漢', 'x', '👍🏽', 'e\u0301', '*a*'), maxLength: 12 })
    const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(table, fc.integer({ min: 10, max: 80 }), (cells, width) => {
        const lines = cells.map((row) => `| ${row.join(' | ')} |`)
        const shown = rows(['| h1 | h2 | h3 |', '|---|--:|:-:|', ...lines].join('\n'), width)
        for (const row of shown) expect(textWidth(row)).toBeLessThanOrEqual(width)
        const places = shown
          .filter((row) => row.includes('│'))
          .map((row) => textWidth(row.slice(0, row.lastIndexOf('│'))))
        expect(new Set(places).size).toBeLessThanOrEqual(1)
      }),
    )
  })
})
