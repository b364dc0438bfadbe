import { describe, expect, it } from 'vitest'
import { createWindow } from '../dist/drawn/window.js'
import { fakeWorld } from './support/fake-world.ts'

function changing() {
  const { world, pass } = fakeWorld()
  const seen = { asked: 0, rested: 0 }
  const window = createWindow(
    world,
    () => 80,
    () => void seen.asked++,
    () => void seen.rested++,
  )
  return { window, seen, pass, since: world.now() }
}

describe('a window whose size changes', () => {
  it('is moving until it has not changed for 150 ms and the terminal has said where its cursor is', async () => {
    const { window, seen, pass, since } = changing()
    window.changed()
    await pass(100)
    window.changed()
    await pass(149)
    expect(seen).toEqual({ asked: 0, rested: 0 })
    await pass(1)
    expect([window.moving(), seen]).toEqual([true, { asked: 1, rested: 0 }])
    window.answered({ row: 7, columns: 80 })
    await pass(0)
    expect([window.moving(), seen]).toEqual([false, { asked: 1, rested: 1 }])
    expect(window.resized()).toEqual({ since, cursorRow: 7 })
    expect(window.resized()).toBeUndefined()
  })

  it('is asked again as long as it has another size than we were told, for a while', async () => {
    const { window, seen, pass, since } = changing()
    window.changed()
    await pass(150)
    window.answered({ row: 5, columns: 40 })
    await pass(0)
    await pass(150)
    expect([window.moving(), seen]).toEqual([true, { asked: 2, rested: 0 }])
    window.answered({ row: 6, columns: 80 })
    await pass(0)
    expect(window.resized()).toEqual({ since, cursorRow: 6 })
    window.changed()
    for (let question = 0; question < 5; question++) {
      expect(window.moving()).toBe(true)
      await pass(150)
      window.answered({ row: 5, columns: 40 })
      await pass(0)
    }
    expect([window.moving(), seen]).toEqual([false, { asked: 7, rested: 2 }])
    expect(window.resized()?.cursorRow).toBeUndefined()
  })

  it('does not wait for a terminal that says nothing', async () => {
    const { window, seen, pass, since } = changing()
    window.changed()
    await pass(150)
    await pass(299)
    expect(seen.rested).toBe(0)
    await pass(1)
    expect([window.moving(), seen.rested]).toEqual([false, 1])
    expect(window.resized()).toEqual({ since, cursorRow: undefined })
  })

  it('takes no answer that was given before it changed again', async () => {
    const { window, seen, pass, since } = changing()
    window.changed()
    await pass(150)
    window.changed()
    window.answered({ row: 3, columns: 80 })
    await pass(150)
    expect(seen).toEqual({ asked: 2, rested: 0 })
    window.answered({ row: 9, columns: 80 })
    await pass(0)
    expect(window.resized()).toEqual({ since, cursorRow: 9 })
  })

  it('takes no answer that came too late for the question after it', async () => {
    const { window, pass } = changing()
    window.changed()
    await pass(150)
    await pass(300)
    window.resized()
    window.changed()
    await pass(150)
    window.answered({ row: 3, columns: 80 })
    window.answered({ row: 9, columns: 80 })
    await pass(0)
    expect(window.resized()?.cursorRow).toBe(9)
  })

  it('asks nothing once it is closed, which waits for the answer that is on its way', async () => {
    const { window, seen, pass } = changing()
    window.changed()
    await pass(150)
    let closed = false
    const close = window.close().then(() => {
      closed = true
    })
    await pass(0)
    expect(closed).toBe(false)
    window.answered({ row: 2, columns: 80 })
    await close
    const other = changing()
    other.window.changed()
    await other.window.close()
    await other.pass(1000)
    expect([seen.asked, other.seen.asked]).toEqual([1, 0])
  })
})
