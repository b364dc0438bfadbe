import { describe, expect, it } from 'vitest'
import { drawnLoop } from './support/drawn-loop.ts'
import * as ev from './support/events.ts'

const ESC = '\u001b'
const TOKENS = 2000
const WORDS = 'the turn ends when both sides have said what they know and more'.split(' ')
const word = (n: number): string => (WORDS[n % WORDS.length] ?? '').padEnd(4, 'a').slice(0, 4)

/** What the next token of four or five characters is, in answers of several shapes. */
const ANSWERS = {
  lines: (n) => (n % 75 === 74 ? `${word(n).slice(0, 3)}\n\n` : n % 25 === 24 ? `${word(n)}\n` : `${word(n)} `),
  'long paragraphs': (n) => (n % 200 === 199 ? `${word(n).slice(0, 3)}\n\n` : `${word(n)} `),
  'one paragraph': (n) => `${word(n)} `,
  'a list': (n) => (n % 20 === 0 ? '\n- ax' : `${word(n)} `),
  code: (n) => (n === 0 ? '```js' : n % 10 === 1 ? '\nlet ' : `${word(n)} `),
  'a table': (n) => TABLE_HEAD[n] ?? (n % 10 === 4 ? '|\n| ' : n % 10 === 9 ? 'an| ' : `${word(n)} `),
} satisfies Record<string, (n: number) => string>
const TABLE_HEAD = ['| on', 'e| t', 'wo|\n', '|-|-', '|\n| ']

/** What needs more than its text: a sequence for each colour, and rows that what comes later widens or styles. */
const DEARER = {
  'small tables': `Here is what was measured in all of the cases.

| case | before | after | note |
|---|--:|--:|---|
| 1 + 1 | 0 | 2 | as it should be |
| 2 + 3 | -1 | 5 | ok |
| a longer name | 1,000 | 12 | it is not known why |
| x | 2 | 3 | |
| something else | 10,000 | 3 | the longest of all notes |

`,
  'text with emphasis, code and links': `The **sum** was wrong in *one* place: it took away instead of adding, see \`src/sum.ts\` and [the notes](https://example.org/notes).

## What was done

1. The test of the sum is **red** now.
2. With the change it is green.

`,
  'coloured code': `Some code:

\`\`\`ts
/** Adds. */
export function sum(a: number, b: number): number {
  const total = a + b // 1 + 1 = 2
  return total === 0 ? "none" : total
}
\`\`\`

`,
}
const sliced = (text: string) => {
  const whole = text.repeat(Math.ceil((TOKENS * 5) / text.length))
  return (n: number) => whole.slice(n * 5, n * 5 + 5)
}

const SIZES = [
  { columns: 40, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
]

/** How long a model takes for a token. From 100 ms on each has a drawing of its own. */
const TOKEN_MS = [10, 20, 40, 60, 100]

/** A whole answer, token by token, over a clock that moves when it is told to; what was written of it. */
async function streamed(size: (typeof SIZES)[number], tokenMs: number, token: (n: number) => string, tokens = TOKENS) {
  const loop = await drawnLoop(size)
  loop.record(ev.queued('t', 'go'), ev.turnStarted('t'), ev.stepStarted('t', 1, ['t']))
  await loop.pass(100)
  const before = loop.written.length
  let said = ''
  for (let n = 0; n < tokens; n++) {
    loop.publish(ev.delta('t.1', said.length, token(n)))
    said += token(n)
    await loop.pass(tokenMs)
  }
  loop.record(ev.stepFinished('t.1', said), ev.turnFinished('t'))
  await loop.pass(100)
  const shown = loop.screen.all()
  await loop.leave()
  const written = loop.written.slice(before)
  const bytes = Buffer.byteLength(written.join(''))
  return { said, shown, drawings: written.length, all: loop.written.join(''), ratio: bytes / Buffer.byteLength(said) }
}

/** Bytes written for each byte of an answer, by how long a token takes: none is more than `most`. */
async function ratios(size: (typeof SIZES)[number], name: string, token: (n: number) => string, most: number) {
  const all: number[] = []
  for (const ms of TOKEN_MS) all.push((await streamed(size, ms, token)).ratio)
  const told = all.map((ratio, n) => `${TOKEN_MS[n]} ms ${ratio.toFixed(2)}`).join(', ')
  process.stdout.write(`bytes written per byte said, ${size.columns} columns, ${name}: ${told}\n`)
  expect(Math.max(...all)).toBeLessThanOrEqual(most)
  return all
}

describe('an answer of 2,000 tokens', () => {
  for (const size of SIZES) {
    const { columns } = size
    it.for(Object.entries(ANSWERS))(
      `costs at ${columns} columns at most four bytes for each of its own, however slowly it is said: %s`,
      async ([name, token]) => {
        await ratios(size, name, token, 4)
        const slow = await streamed(size, 100, token, 500)
        // What is in the cells of a table stands there in another order.
        const letters = (text: string) => text.replaceAll(/```js|[^a-z]/gu, '')
        if (name !== 'a table') expect(letters(slow.shown).includes(letters(slow.said))).toBe(true)
      },
    )

    it.for(Object.entries(DEARER))(
      `costs at ${columns} columns at most six where every token has a drawing and more than its text: %s`,
      async ([name, text]) => {
        const [, quick] = await ratios(size, name, sliced(text), 6)
        if (name !== 'small tables') expect(quick).toBeLessThanOrEqual(4)
      },
    )
  }

  it('is drawn at most once a frame', async () => {
    const { drawings } = await streamed({ columns: 80, rows: 24 }, 10, ANSWERS.lines)
    expect(drawings).toBeGreaterThan(200)
    expect(drawings).toBeLessThanOrEqual((TOKENS * 10) / 66 + 10)
  })

  it.each(SIZES)(
    'clears neither screen nor scrollback at $columns columns, nor leaves them for others',
    async (size) => {
      const { all } = await streamed(size, 10, ANSWERS.lines)
      // ED 2 and 3, the alternate screen, and every absolute row (CUP, HVP, VPA, a scrolling region).
      const forbidden = new RegExp(`${ESC}(?:\\[[23]J|\\[\\?(?:1049|1047|47)[hl]|\\[[\\d;]*[Hfdr]|c)`, 'u')
      expect(all).not.toMatch(forbidden)
      expect(all).toContain(`${ESC}[`)
    },
  )
})
