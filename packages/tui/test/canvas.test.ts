import { describe, expect, it } from 'vitest'
import { screenCanvas } from '../dist/canvas.js'
import { drawFirst } from '../dist/drawn/first-picture.js'
import { line } from '../dist/drawn/line.js'
import type { Resized } from '../dist/drawn/window.js'
import { newFace } from '../dist/face.js'

const NOW = 1000

/** A canvas at a window that moves and comes to rest as it is told to. */
function drawing() {
  const window = { columns: 80, moves: false, resized: undefined as Resized | undefined }
  const written: string[] = []
  const terminal = {
    write: (text: string) => void written.push(text),
    size: () => ({ columns: window.columns, rows: 24 }),
    window: {
      moving: () => window.moves,
      resized: () => {
        const told = window.resized
        window.resized = undefined
        return told
      },
    },
    ask: () => undefined,
    lend: <T>(work: () => Promise<T>) => work(),
    close: async () => undefined,
  }
  const colours = { noColor: true, background: 'unknown', depth: '16' } as const
  const canvas = screenCanvas(terminal, colours, drawFirst(terminal), () => NOW)
  canvas.draw({ ...newFace(), out: [line('said before')], connection: { type: 'connecting', attempt: 2 } })
  return { canvas, window, written }
}

/** What is written first when a terminal of 80 columns has 12, so many ms after it was drawn last. */
function after(ms: number, cursorRow?: number): string {
  const { canvas, window, written } = drawing()
  window.columns = 12
  window.resized = { since: NOW + ms, cursorRow }
  canvas.draw(newFace())
  return written.at(-1) ?? ''
}
const moves = (text: string) => /\[(\d+)A/u.exec(text)?.[1]

describe('a window with another size', () => {
  it('has the rows that it wrapped taken away whole, unless nobody can tell whether it has', () => {
    expect([moves(after(1000)), moves(after(10))]).toEqual(['3', '2'])
    expect(after(1000) + after(10)).not.toContain('said')
  })

  it('that says where its cursor is has all above it written again, if something was on its way', () => {
    expect(moves(after(10, 20))).toBe('4')
    expect(after(10, 20)).toContain('[4A\r\u001b[Ksaid')
    expect(moves(after(10, 4))).toBe('3')
    expect(moves(after(1000, 20))).toBe('3')
    expect(after(1000, 20)).not.toContain('said')
  })

  it('has nothing drawn while it moves, and nothing of it lost', () => {
    const { canvas, window, written } = drawing()
    window.moves = true
    const drawings = written.length
    const face = canvas.draw({ ...newFace(), out: [line('new')] })
    expect(written).toHaveLength(drawings)
    expect(face.out).toHaveLength(1)
    window.moves = false
    expect(canvas.draw(face).out).toEqual([])
    expect(written.at(-1)).toContain('new')
  })
})
