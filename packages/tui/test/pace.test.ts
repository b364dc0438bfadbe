import { describe, expect, it } from 'vitest'
import { drawnLoop } from './support/drawn-loop.ts'
import * as ev from './support/events.ts'

const SIZE = { columns: 80, rows: 24 }
const x = { type: 'key', key: { type: 'text', text: 'x' } } as const

async function answering() {
  const loop = await drawnLoop(SIZE)
  loop.record(ev.queued('t', 'go'), ev.turnStarted('t'), ev.stepStarted('t', 1, ['t']))
  await loop.pass(100)
  await loop.pass(100)
  loop.written.length = 0
  return loop
}

describe('the pace of drawing', () => {
  it('shows what comes after a rest at once, and a burst of it in the next frame', async () => {
    const loop = await answering()
    for (let n = 0; n < 100; n++) {
      loop.publish(ev.delta('t.1', n, n === 99 ? '!' : 'a'))
      await loop.pass(0)
    }
    expect(loop.written).toHaveLength(1)
    expect(loop.screen.screen()).not.toContain('a!')
    await loop.pass(65)
    expect(loop.written).toHaveLength(1)
    await loop.pass(1)
    expect(loop.written).toHaveLength(2)
    expect(loop.screen.screen()).toContain('a!')
    await loop.leave()
  })

  it('shows a key at once, with all that came before it', async () => {
    const loop = await answering()
    loop.publish(ev.delta('t.1', 0, 'one'))
    await loop.pass(0)
    loop.publish(ev.delta('t.1', 3, ' two'))
    await loop.pass(0)
    expect(loop.screen.screen()).not.toContain('one two')
    loop.post(x)
    await loop.pass(0)
    expect(loop.screen.screen()).toMatch(/one two[\s\S]*> x/u)
    await loop.leave()
  })

  it('rests while the window changes its size, and what was said meanwhile is said before the last words', async () => {
    const loop = await answering()
    loop.window.moves = true
    loop.publish(ev.delta('t.1', 0, 'one\ntwo'))
    await loop.pass(100)
    loop.post(x)
    await loop.pass(100)
    expect(loop.written).toEqual([])
    await loop.leave()
    expect(loop.screen.all()).toContain('one')
  })

  it('is not held up by a clock that is set back', async () => {
    const loop = await answering()
    loop.publish(ev.delta('t.1', 0, 'one'))
    await loop.pass(0)
    loop.publish(ev.delta('t.1', 3, ' two'))
    await loop.pass(-60_000)
    expect(loop.screen.screen()).toContain('one two')
    await loop.leave()
  })
})
