import { systemWorld } from '@nacre/kit'
import { fakeWorld } from '@nacre/kit/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('the real world', () => {
  it('makes ids of 16 characters of [0-9a-z], each character used, none twice', () => {
    const { id } = systemWorld()
    const ids = Array.from({ length: 10_000 }, id)
    expect(ids.every((one) => /^[0-9a-z]{16}$/.test(one))).toBe(true)
    expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(ids.join('')).size).toBe(36)
  })

  it('has the time of the system, and chance in [0, 1)', () => {
    const { now, random } = systemWorld()
    expect(Math.abs(now() - Date.now())).toBeLessThan(1000)
    for (let n = 0; n < 1000; n++) expect(random() >= 0 && random() < 1).toBe(true)
  })

  it('sleeps its time, and at most until the signal', async () => {
    const { sleep, now } = systemWorld()
    const start = now()
    await sleep(30)
    expect(now() - start).toBeGreaterThanOrEqual(29)
    const controller = new AbortController()
    const long = sleep(60_000, controller.signal)
    controller.abort()
    await long
    await sleep(60_000, controller.signal)
    expect(now() - start).toBeLessThan(10_000)
  })
})

describe('a world that a test moves', () => {
  it('stands still until it is moved', async () => {
    const world = fakeWorld(1000)
    expect([world.now(), world.now()]).toEqual([1000, 1000])
    await world.advance(5)
    expect(world.now()).toBe(1005)
  })

  it('wakes sleepers in the order of their time, each at its own time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 8 }), async (naps) => {
        const world = fakeWorld(0)
        const woken: number[] = []
        const all = naps.map(async (ms) => {
          await world.sleep(ms)
          expect(world.now()).toBe(ms)
          woken.push(ms)
        })
        expect(world.sleeping).toBe(naps.length)
        await world.advance(20)
        await Promise.all(all)
        expect(woken).toEqual(naps.toSorted((a, b) => a - b))
        expect(world.sleeping).toBe(0)
      }),
    )
  })

  it('wakes who falls asleep while it is moved, if their time comes too', async () => {
    const world = fakeWorld(0)
    const times: number[] = []
    const nap = async () => {
      for (let n = 0; n < 3; n++) {
        await world.sleep(10)
        times.push(world.now())
      }
    }
    const napping = nap()
    await world.advance(25)
    expect(times).toEqual([10, 20])
    await world.advance(5)
    await napping
    expect(times).toEqual([10, 20, 30])
  })

  it('lets a sleeper go when its signal aborts', async () => {
    const world = fakeWorld(0)
    const controller = new AbortController()
    const sleeping = world.sleep(10, controller.signal)
    controller.abort()
    await sleeping
    await world.sleep(10, controller.signal)
    expect([world.sleeping, world.now()]).toEqual([0, 0])
  })

  it('gives the same ids and the same chance every time', () => {
    const draw = () => {
      const world = fakeWorld()
      return [world.id(), world.id(), world.random(), world.random()]
    }
    expect(draw()).toEqual(draw())
    expect(draw().slice(0, 2)).toEqual(['0000000000000001', '0000000000000002'])
    expect(
      draw()
        .slice(2)
        .every((chance) => Number(chance) >= 0 && Number(chance) < 1),
    ).toBe(true)
  })
})
