import { orAborted } from '@nacre/kit'
import { describe, expect, it } from 'vitest'

/** A signal that counts who listens: it may outlive many waits. */
function countingSignal() {
  const { signal } = new AbortController()
  let listening = 0
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listening += 1
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listening -= 1
    remove(...args)
  }
  return { signal, listening: () => listening }
}

const never = new Promise<never>(() => {})

describe('waiting for work or for the signal', () => {
  it('gives what the work comes to, and throws what it throws', async () => {
    const { signal } = new AbortController()
    expect(await orAborted(Promise.resolve(7), signal)).toBe(7)
    await expect(orAborted(Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken')
  })

  it('ends with the signal, though the work never does', async () => {
    const controller = new AbortController()
    const waiting = orAborted(never, controller.signal)
    controller.abort()
    expect(await waiting).toBe('aborted')
    expect(await orAborted(never, controller.signal)).toBe('aborted')
  })

  it('lets no failure of work that nobody waits for any more escape', async () => {
    const escaped: unknown[] = []
    const onEscape = (reason: unknown) => escaped.push(reason)
    process.on('unhandledRejection', onEscape)
    try {
      const before = AbortSignal.abort()
      expect(await orAborted(Promise.reject(new Error('early')), before)).toBe('aborted')
      const controller = new AbortController()
      const work = Promise.withResolvers<void>()
      const waiting = orAborted(work.promise, controller.signal)
      controller.abort()
      work.reject(new Error('late'))
      expect(await waiting).toBe('aborted')
      await new Promise((resolve) => setTimeout(resolve, 10))
      expect(escaped).toEqual([])
    } finally {
      process.off('unhandledRejection', onEscape)
    }
  })

  it('leaves no listener on a signal that outlives the work', async () => {
    const { signal, listening } = countingSignal()
    for (let n = 0; n < 20; n++) await orAborted(Promise.resolve(n), signal)
    await new Promise((resolve) => setImmediate(resolve))
    expect(listening()).toBe(0)
  })
})
