import { expect, it } from 'vitest'
import { screenCanvas } from '../dist/canvas.js'
import { drawFirst } from '../dist/drawn/first-picture.js'
import { newFace } from '../dist/face.js'

/** What is written first when a terminal of 80 columns has 12, so many ms after it was drawn last. */
function movesAfter(ms: number): string | undefined {
  let size = { columns: 80, rows: 24 }
  let now = 1000
  const written: string[] = []
  const terminal = {
    write: (text: string) => void written.push(text),
    size: () => size,
    ask: () => undefined,
    lend: <T>(work: () => Promise<T>) => work(),
    close: async () => undefined,
  }
  const colours = { noColor: true, background: 'unknown', depth: '16' } as const
  const canvas = screenCanvas(terminal, colours, drawFirst(terminal), () => now)
  canvas.draw({ ...newFace(), connection: { type: 'connecting', attempt: 2 } })
  size = { columns: 12, rows: 24 }
  now += ms
  canvas.draw(newFace())
  return /\[(\d+)A/u.exec(written.at(-1) ?? '')?.[1]
}

it('a row that a narrower terminal has wrapped is taken away whole, unless nobody can tell whether it has', () => {
  expect([movesAfter(1000), movesAfter(10)]).toEqual(['3', '2'])
})
