import { fakeWorld } from '@nacre/kit/testing'
import { describe, expect, test } from 'vitest'
import { Alarm } from '../dist/alarm.js'

/** An alarm in a world whose sleeps are counted and whose clock can be set back. */
function stage() {
  const fake = fakeWorld(0)
  const seen = { rung: [] as number[], sleeps: 0, setBackMs: 0 }
  const now = () => fake.now() - seen.setBackMs
  const sleep: typeof fake.sleep = (ms, signal) => {
    seen.sleeps += 1
    return fake.sleep(ms, signal)
  }
  const alarm = new Alarm({ ...fake, now, sleep }, () => seen.rung.push(fake.now()))
  const set = (ms: number) => alarm.set(now(), ms)
  return { alarm, set, seen, fake }
}

describe('an alarm', () => {
  test('sleeps once for a thousand short waits', async () => {
    const { alarm, set, seen, fake } = stage()
    for (let n = 0; n < 1000; n++) {
      set(100_000)
      await fake.advance(0)
      alarm.unset()
    }
    expect(seen).toMatchObject({ sleeps: 1, rung: [] })
  })

  test('rings for a later wait when that one has lasted too long, not the earlier', async () => {
    const { alarm, set, seen, fake } = stage()
    set(100)
    await fake.advance(60)
    alarm.unset()
    set(100)
    await fake.advance(99)
    expect(seen.rung).toEqual([])
    await fake.advance(1)
    expect(seen.rung).toEqual([160])
  })

  test('rings in time for a shorter wait, and not at all for one without end', async () => {
    const { alarm, set, seen, fake } = stage()
    set(1000)
    alarm.unset()
    set(10)
    await fake.advance(10)
    expect(seen.rung).toEqual([10])
    alarm.unset()
    set(Number.POSITIVE_INFINITY)
    await fake.advance(1_000_000)
    expect(seen.rung).toEqual([10])
  })

  test('does not ring while nobody waits, nor after it was closed', async () => {
    const { alarm, set, seen, fake } = stage()
    set(100)
    alarm.unset()
    await fake.advance(500)
    set(100)
    alarm.close()
    await fake.advance(500)
    expect(seen.rung).toEqual([])
    expect(fake.sleeping).toBe(0)
  })

  test('is late by no more than a wait where the clock was set back', async () => {
    const { alarm, set, seen, fake } = stage()
    set(100)
    await fake.advance(50)
    alarm.unset()
    set(100)
    seen.setBackMs = 3_600_000
    await fake.advance(150)
    expect(seen.rung).toEqual([200])
  })
})
