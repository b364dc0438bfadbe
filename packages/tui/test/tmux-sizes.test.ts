import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { textWidth } from '../dist/drawn/width.js'
import { type RealTerminal, realTerminal, SIZES } from './support/real-terminal.ts'

const LINES = 2000
/** The numbers of the streamed lines as they stand in the scrollback. */
const numbers = (all: string): number[] =>
  Array.from(all.matchAll(/• Line (\d+) of `(?:\d+)`\./gu), ([, n]) => Number(n))
/** A whole line, and below it the beginning of the next. */
const RESTING = /of `\d+`\.\n•(?! Line \d+ of `\d+`\.)/u
const counted = (lines: number) => Array.from({ length: lines }, (_, n) => n + 1)
const shot = ({ all }: RealTerminal) => all().replace(/\n+$/u, '')

describe.each(SIZES)('in a terminal of $columns × $rows', { timeout: 60_000 }, (size) => {
  const { columns, rows } = size

  it(`an answer of ${LINES} lines is streamed into the scrollback, each line once and in order`, async (ctx) => {
    const terminal = realTerminal(ctx, size)
    await terminal.shows('ready')
    terminal.keys(`stream ${LINES}`, 'Enter')
    await terminal.shows(`Line ${LINES} of`)
    await terminal.shows('ready')
    const all = shot(terminal)
    expect(numbers(all)).toEqual(counted(LINES))
    expect(all).not.toContain('**')
    expect(all.match(/ready/gu)).toHaveLength(1)
  })

  it('one that is streamed while the terminal gets another size stays whole', async (ctx) => {
    const terminal = realTerminal(ctx, size)
    await terminal.shows('ready')
    // What is on its way to a terminal while its size changes is read for the one size or for the other, and nobody can
    // tell; so the answer rests in the midst of a line, and goes on when the program knows of the change. A key that is seen
    // says that the terminal has read all that was drawn before.
    terminal.keys(`stream ${LINES} 400`, 'Enter')
    for (const [line, to] of [
      [400, { columns: columns + 20, rows }],
      [800, { columns: Math.max(36, columns - 20), rows: rows + 5 }],
      [1200, { columns, rows: Math.max(12, rows - 6) }],
      [1600, size],
    ] as const) {
      await terminal.until(
        terminal.screen,
        (seen) => Math.max(0, ...numbers(seen)) >= line && RESTING.test(seen),
        `line ${line} and the beginning of another`,
      )
      terminal.keys('x')
      await terminal.shows('> x')
      terminal.keys('BSpace')
      await terminal.hides('> x')
      terminal.resize(to)
    }
    await terminal.shows(`Line ${LINES} of`)
    await terminal.shows('ready')
    expect(numbers(shot(terminal))).toEqual(counted(LINES))
    // Nor has the terminal made two rows of any that were never too wide.
    expect(terminal.tmux('capture-pane', '-p', '-S', '-')).not.toMatch(/• Line \d+ of `\d+`\.\n\s*\n• /u)
    // What is typed after that stands in its place.
    terminal.types('and on')
    await terminal.shows('> and on')
    expect(terminal.cursor()).toBe('8')
  })

  it('wide characters and emoji leave columns straight and the cursor where it belongs', async (ctx) => {
    const terminal = realTerminal(ctx, size)
    await terminal.shows('ready')
    terminal.keys('wide', 'Enter')
    await terminal.shows('After the table.')
    const rowsOfTable = terminal.screen().match(/^.*[│┼].*$/gmu) ?? []
    expect(rowsOfTable).toHaveLength(5)
    const bars = rowsOfTable.map((row) => textWidth(row.slice(0, row.search(/[│┼]/u))))
    expect(new Set(bars).size).toBe(1)
    for (const [typed, width] of [
      ['漢字', 4],
      ['👍', 2],
      ['cafe\u0301', 4],
      ['ａ', 2],
    ] as const) {
      terminal.types(typed)
      await terminal.until(terminal.cursor, (x) => x === String(2 + width), `the cursor behind ${typed}`)
      terminal.keys('C-u')
      await terminal.until(terminal.cursor, (x) => x === '2', 'an empty line')
    }
  })

  it('a paste of 5 MB is a label beside which one types on, and what cannot be sent stays', async (ctx) => {
    const terminal = realTerminal(ctx, size)
    await terminal.shows('ready')
    const directory = mkdtempSync(join(tmpdir(), 'nacre-paste-'))
    const file = join(directory, 'paste')
    const text = 'a line of a long log, as it comes\n'.repeat(155_000)
    writeFileSync(file, text)
    expect(text.length).toBeGreaterThan(5 * 1024 * 1024)
    terminal.types('see ')
    terminal.tmux('load-buffer', file)
    rmSync(directory, { recursive: true })
    terminal.tmux('paste-buffer', '-p')
    await terminal.shows('> see [paste 1: 155,001 lines]')
    terminal.types(' what is it')
    await terminal.until(terminal.cursor, (x) => x !== '32', 'the cursor behind the label')
    terminal.keys('Enter')
    await terminal.shows('✗ not sent')
    expect(terminal.all().replaceAll(/\s+/gu, ' ')).toContain('Put it into a file')
    expect(terminal.screen()).toContain('> see [paste 1: 155,001 lines]')
    // The label is one character.
    terminal.keys('C-a', 'M-f', 'Right', 'Delete')
    await terminal.hides('[paste')
    terminal.keys('Enter')
    await terminal.shows('You said: see')
  })

  it('the end of a session of 10,000 messages is there at once', async (ctx) => {
    const started = performance.now()
    const terminal = realTerminal(ctx, size, { TURNS: '5000' })
    await terminal.shows('ready')
    process.stdout.write(
      `${columns} × ${rows}: 10,000 messages, first screen ${Math.round(performance.now() - started)} ms\n`,
    )
    const all = shot(terminal)
    expect(all).toContain('(earlier turns are not shown)')
    expect(all).toContain('Answer 5000 of 5000.')
    expect(all.match(/Answer \d+ of 5000\./gu)).toHaveLength(20)
  })
})
