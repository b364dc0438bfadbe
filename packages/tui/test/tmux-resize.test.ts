import { describe, expect, it } from 'vitest'
import { realTerminal, SIZES } from './support/real-terminal.ts'

const [small, middle, large] = SIZES as [(typeof SIZES)[0], (typeof SIZES)[0], (typeof SIZES)[0]]
/** From the first size to each of the others, as fast as tmux takes them. */
const WAYS = [
  [middle, small],
  [small, large],
  [small, middle, large],
  [middle, large, small, middle],
  [large, middle, large],
  [small, large, small],
]
const name = (way: (typeof WAYS)[0]) => way.map(({ columns, rows }) => `${columns}×${rows}`).join(' → ')

/** What is wrong with a screen: its lines of the answer have to be whole, once, and in order up to the last; then the block. */
function faults(screen: string): string[] {
  const text = screen.replaceAll(/\s+/gu, ' ')
  const numbers = Array.from(text.matchAll(/Line (\d+) of all/gu), ([, n]) => Number(n))
  const first = numbers[0] ?? 0
  const lines = numbers
    .map((n) => `• Line ${n} of all says enough to take more than one row of forty columns. `)
    .join('')
  return [
    ...(numbers.length < 3 ? ['few lines'] : []),
    ...(numbers.some((n, index) => n !== first + index) ? [`lines ${numbers.join(' ')}`] : []),
    ...(text.includes(`${lines}That is all. answering`) ? [] : ['broken lines']),
    ...(text.match(/Esc cancels/gu)?.length === 1 ? [] : ['status']),
    ...(text.match(/ > /gu)?.length === 1 ? [] : ['prompt']),
  ]
}

describe('an answer that is said while the window changes its size, again and again', { timeout: 60_000 }, () => {
  it.for(WAYS.map((way) => [name(way), way] as const))(
    'is whole on the screen, also where it is told of a size late: %s',
    async ([, way], ctx) => {
      const [first = middle, ...others] = way
      const terminal = realTerminal(ctx, first, { LATE: '2' })
      await terminal.shows('ready')
      terminal.keys('endless 30', 'Enter')
      await terminal.until(terminal.screen, (seen) => /Line \d{3} of all/u.test(seen), 'line 100')
      for (const size of others) terminal.resize(size)
      await terminal.until(terminal.screen, (seen) => faults(seen).length === 0, 'a screen that is whole')
    },
  )

  it.for(WAYS.map((way) => [name(way), way] as const))('is whole on the screen: %s', async ([, way], ctx) => {
    const [first = middle, ...others] = way
    const terminal = realTerminal(ctx, first)
    await terminal.shows('ready')
    terminal.keys('endless 10', 'Enter')
    await terminal.until(terminal.screen, (seen) => /Line \d{3} of all/u.test(seen), 'line 100')
    // What a key draws is on its way when the size changes.
    for (const { columns, rows } of others)
      terminal.tmux('send-keys', 'x', ';', 'resize-window', '-x', String(columns), '-y', String(rows))
    const whole = (seen: string) => faults(seen).length === 0
    await terminal.until(terminal.screen, whole, 'a screen that is whole')
    const typed = `${'x'.repeat(others.length)} and on`
    terminal.types(' and on')
    await terminal.shows(`> ${typed}`)
    expect(faults(terminal.screen())).toEqual([])
    expect(terminal.cursor()).toBe(String(2 + typed.length))
  })
})
