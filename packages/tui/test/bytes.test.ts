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
} satisfies Record<string, (n: number) => string>
const TABLE_HEAD = ['| on', 'e| t', 'wo|\n', '|-|-', '|\n| ']
const table = (n: number): string => TABLE_HEAD[n] ?? (n % 10 === 4 ? '|\n| ' : n % 10 === 9 ? 'an| ' : `${word(n)} `)

const SIZES = [
  { columns: 40, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
]

/** A whole answer, token by token, over a clock that moves when it is told to; what was written of it. */
async function streamed(size: (typeof SIZES)[number], tokenMs: number, token: (n: number) => string) {
  const loop = await drawnLoop(size)
  loop.record(ev.queued('t', 'go'), ev.turnStarted('t'), ev.stepStarted('t', 1, ['t']))
  await loop.pass(100)
  const before = loop.written.length
  let said = ''
  for (let n = 0; n < TOKENS; n++) {
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

describe('an answer of 2,000 tokens', () => {
  for (const size of SIZES) {
    const { columns } = size
    it.for(Object.entries(ANSWERS))(
      `costs at ${columns} columns at most four bytes for each of its own: %s`,
      async ([name, token]) => {
        const { said, shown, ratio } = await streamed(size, 10, token)
        process.stdout.write(`bytes written per byte said, ${columns} columns, ${name}: ${ratio.toFixed(2)}\n`)
        expect(ratio).toBeLessThanOrEqual(4)
        const letters = (text: string) => text.replaceAll(/```js|[^a-z]/gu, '')
        expect(letters(shown).includes(letters(said))).toBe(true)
      },
    )

    // Slower than frames are: most tokens have a drawing of their own.
    it(`costs at ${columns} columns no more where a token comes each 20 ms`, async () => {
      const { ratio } = await streamed(size, 20, ANSWERS.lines)
      process.stdout.write(`bytes written per byte said, ${columns} columns, slow lines: ${ratio.toFixed(2)}\n`)
      expect(ratio).toBeLessThanOrEqual(4)
    })

    // Its rows are wider than what is said in them, have lines of three bytes a sign, and are written again at its end.
    it(`costs at ${columns} columns at most twelve where it is a table`, async () => {
      const { ratio } = await streamed(size, 10, table)
      process.stdout.write(`bytes written per byte said, ${columns} columns, a table: ${ratio.toFixed(2)}\n`)
      expect(ratio).toBeLessThanOrEqual(12)
    })
  }

  it('is drawn at most once a frame', async () => {
    const { drawings } = await streamed({ columns: 80, rows: 24 }, 10, ANSWERS.lines)
    expect(drawings).toBeGreaterThan(300)
    expect(drawings).toBeLessThanOrEqual((TOKENS * 10) / 33 + 10)
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
