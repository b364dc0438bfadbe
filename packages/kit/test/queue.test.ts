import { createQueue } from '@nacre/kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const limits = fc.integer({ min: 1, max: 5 })
/** Pushes and pulls in any order: true pushes, false pulls. */
const work = fc.array(fc.boolean(), { maxLength: 60 })
const tick = () => new Promise((resolve) => setImmediate(resolve))

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  const done = () => {
    settled = true
  }
  promise.then(done, done)
  await tick()
  return settled
}

describe('a queue', () => {
  it('is a plain bounded list to one writer and one reader', async () => {
    await fc.assert(
      fc.asyncProperty(limits, work, async (limit, steps) => {
        const queue = createQueue<number>(limit)
        const model: number[] = []
        for (const [at, pushes] of steps.entries()) {
          if (pushes) {
            expect(queue.push(at)).toBe(model.length < limit)
            if (model.length < limit) model.push(at)
          } else if (model.length > 0) {
            expect(await queue.next()).toEqual({ done: false, value: model.shift() })
          }
          expect(queue.size).toBe(model.length)
          expect(queue.size).toBeLessThanOrEqual(limit)
        }
      }),
    )
  })

  it('gives everything, in order, to a reader beside a writer that waits for room', async () => {
    await fc.assert(
      fc.asyncProperty(limits, fc.array(fc.integer()), work, async (limit, items, pauses) => {
        const queue = createQueue<number>(limit)
        const write = async () => {
          for (const item of items) while (!queue.push(item)) await queue.room()
          queue.end()
        }
        const got: number[] = []
        const writing = write()
        for await (const item of queue) {
          expect(queue.size).toBeLessThanOrEqual(limit)
          got.push(item)
          if (pauses[got.length]) await tick()
        }
        await writing
        expect(got).toEqual(items)
      }),
    )
  })

  it('fails only after what was queued has been taken, and takes nothing more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer(), { maxLength: 5 }), async (items) => {
        const queue = createQueue<number>(5)
        for (const item of items) queue.push(item)
        const error = new Error('the other side broke')
        queue.fail(error)
        expect(queue.push(0)).toBe(false)
        const got: number[] = []
        const reading = async () => {
          for await (const item of queue) got.push(item)
        }
        await expect(reading()).rejects.toBe(error)
        expect(got).toEqual(items)
      }),
    )
  })

  it('tells the first failure', async () => {
    const queue = createQueue<number>(1)
    queue.fail(new Error('first'))
    queue.fail(new Error('second'))
    await expect(queue.next()).rejects.toThrow('first')
  })

  it('wakes a reader that waits when an item comes, when it ends and when it fails', async () => {
    const pushed = createQueue<string>(1)
    const item = pushed.next()
    expect(await isSettled(item)).toBe(false)
    pushed.push('ahoy')
    expect(await item).toEqual({ done: false, value: 'ahoy' })

    const ended = createQueue<string>(1)
    const end = ended.next()
    ended.end()
    expect(await end).toEqual({ done: true, value: undefined })

    const broken = createQueue<string>(1)
    const failure = broken.next()
    broken.fail(new Error('broken'))
    await expect(failure).rejects.toThrow('broken')
  })

  it('keeps a writer waiting while it is full, and no longer', async () => {
    const queue = createQueue<string>(1)
    queue.push('a')
    const room = queue.room()
    expect(await isSettled(room)).toBe(false)
    await queue.next()
    expect(await isSettled(room)).toBe(true)
    expect(await isSettled(queue.room())).toBe(true)
  })

  it('frees its writers and forgets its items when the reader breaks off', async () => {
    const queue = createQueue<string>(2)
    queue.push('a')
    queue.push('b')
    const writers = [queue.room(), queue.room()]
    for await (const item of queue) {
      expect(item).toBe('a')
      break
    }
    await Promise.all(writers)
    expect(queue.size).toBe(0)
    expect(queue.push('c')).toBe(false)
    expect(await isSettled(queue.room())).toBe(true)
  })
})
