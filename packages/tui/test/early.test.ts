import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Line, Row } from '../dist/drawn/line.js'
import { rowsOf } from '../dist/drawn/wrap.js'
import { finish, hear, NEW_SPEECH, speechLines, unfinished } from '../dist/said/speech.js'

const SCREEN = { columns: 31, rows: 12 }
const rowsIn = (lines: readonly Line[]): Row[] => lines.flatMap((line) => rowsOf(line, SCREEN.columns - 1))
const shown = (lines: readonly Line[]) => rowsIn(lines).map(({ text, marks = [] }) => ({ text, looks: looks(marks) }))
const looks = (marks: NonNullable<Row['marks']>) =>
  marks.map(({ from, to, style }) => `${from}-${to} ${style}`).toSorted()

/** What is printed of a text that comes in pieces, and what is open behind it at each. */
function streamed(text: string, sizes: readonly number[]) {
  const steps: { said: string; printed: readonly Line[]; open: readonly Line[] }[] = []
  let speech = NEW_SPEECH
  let printed: readonly Line[] = []
  for (let at = 0, n = 0; at < text.length; n++) {
    at += sizes[n % sizes.length] ?? 1
    const said = text.slice(0, at)
    const heard = hear(speech, said, SCREEN)
    speech = heard.speech
    printed = [...printed, ...heard.lines]
    steps.push({ said, printed, open: unfinished(speech, said) })
  }
  return { steps, whole: [...printed, ...finish(speech, text)] }
}

const PARAGRAPH = 'What is said in one line for a long time stands in many rows of a terminal. '.repeat(6)

describe('a long line that is being said', () => {
  it('costs a word no more than a look at 3,000 characters and at its last rows, whatever it begins with', () => {
    const given = (said: string) => hear(NEW_SPEECH, said, SCREEN).speech.units
    const long = PARAGRAPH.repeat(30)
    expect(given(long)).toBeGreaterThan(2500)
    expect(given(long)).toBeLessThanOrEqual(3000)
    // What stands before a sign that may never be closed was given out as it came; all at once it is not looked for.
    const words = (from: number) => Array.from({ length: 60 }, (_, n) => `w${from + n} `).join('')
    expect(given(words(0))).toBeGreaterThan(0)
    expect(given(`${words(0)}[${words(60)}`)).toBe(0)
    expect(given(`[${long}`)).toBe(0)
  })

  const word = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom('a', 'turn', 'ends', 'when-both', 'sides', '漢字', 'snake_case', 'x'.repeat(40)),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '*',
        '**bold',
        'bold**',
        '`code',
        'is`',
        '[the',
        'notes](http://a.b)',
        '<b',
        '>',
        '~~no',
        'no~~',
        '#',
        '-',
        '1.',
        '&amp;',
        '_it',
        'it_',
        '\\*',
      ),
    },
  )
  const text = fc
    .tuple(fc.constantFrom('', '- ', '> ', '# ', '- [ ] ', '1. - ', '   '), fc.array(word, { maxLength: 60 }))
    .map(([sign, words]) => `${sign}${words.join(' ')}\n`)
  const texts = fc.array(text, { minLength: 1, maxLength: 3 }).map((all) => all.join('\n'))
  const cuts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 })

  it('is in the end in the same rows as one that came at once', () => {
    fc.assert(
      fc.property(texts, cuts, (said, sizes) => {
        expect(shown(streamed(said, sizes).whole)).toEqual(shown(speechLines(said)))
      }),
      { numRuns: 1000 },
    )
  })

  it('is printed up to its last rows', () => {
    for (const { open } of streamed(PARAGRAPH, [4]).steps) expect(rowsIn(open).length).toBeLessThanOrEqual(3)
  })

  it.each(['**', '`', '[', '~~', '<'])('is kept back from a %s on that has no end', (sign) => {
    const { steps, whole } = streamed(`${PARAGRAPH}${sign}${PARAGRAPH}`, [4])
    const open = rowsIn(steps.at(-1)?.open ?? [])
    expect(open.length).toBeGreaterThanOrEqual(16)
    expect(shown(whole)).toEqual(shown(speechLines(`${PARAGRAPH}${sign}${PARAGRAPH}`)))
  })
})

describe('a table that is being said', () => {
  const HEAD = '| n | what |\n|--|--|\n'
  const row = (n: number) => `| ${'x'.repeat((n * 5) % 9)} | ${n} |\n`
  const table = HEAD + Array.from({ length: 40 }, (_, n) => row(n)).join('')

  it('stands open until it takes half of the screen; from then on each row is printed when it is whole', () => {
    for (const { said, printed, open } of streamed(table, [3]).steps) {
      const whole = said.split('\n').length - 3
      if (whole > 0) expect(rowsIn([...printed, ...open])).toHaveLength(whole + 3)
      if (whole < 3) expect(printed.every(({ table }) => table === undefined)).toBe(true)
      if (whole > SCREEN.rows / 2) expect(open).toEqual([])
    }
  })

  it('that is printed bit by bit says the same as one that came at once, and its columns only get wider', () => {
    const printed = rowsIn(streamed(table, [5]).whole)
    const cells = (rows: readonly Row[]) => rows.map(({ text }) => text.split('│').map((cell) => cell.trim()))
    expect(cells(printed).slice(3)).toEqual(cells(rowsIn(speechLines(table))).slice(3))
    const bars = printed.slice(1).map(({ text }) => text.search(/[│┼]/u))
    expect(bars).toEqual(bars.toSorted((a, b) => a - b))
  })

  it('has a gap before each row as soon as a cell of it had to be wrapped, also where it goes on', () => {
    const high = `${HEAD}${`| 1 | ${'word '.repeat(8)} |\n`.repeat(6)}`
    const all = (lines: readonly Line[]) => rowsIn(lines).map(({ text }) => text)
    expect(all(streamed(high, [5]).whole)).toEqual(all(speechLines(high)))
  })

  it('shows a short row when it is whole, and a long one by its cells', () => {
    const openAt = (said: string) =>
      rowsIn(unfinished(hear(NEW_SPEECH, said, SCREEN).speech, said)).map(({ text }) => text)
    const head = ['', 'n │ what', '──┼─────']
    expect(openAt(`${HEAD}| 1 | tw`)).toEqual(head)
    expect(openAt(`${HEAD}| 1 | two |`)).toEqual(head)
    const long = openAt(`${HEAD}| 1 | ${'word '.repeat(10)}| and`)
    expect(long.slice(3).join(' ').replaceAll(/[│ ]+/gu, ' ').trim()).toBe(`1 ${'word '.repeat(10).trim()}`)
  })
})
