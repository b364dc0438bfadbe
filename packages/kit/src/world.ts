import type { World } from '@nacre/types'

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'
const ID_CHARS = 16
const LONGEST_MS = 2 ** 31 - 1

/** The real world. Made once, in the program that owns the process, and handed down. */
export const systemWorld = (): World => ({
  now: () => Date.now(),
  sleep,
  id: randomId,
  random: () => Math.random(),
})

const sleep = (ms: number, signal?: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal?.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    // A longer wait would overflow the timer and end at once.
    const timer = setTimeout(done, Math.min(ms, LONGEST_MS))
    signal?.addEventListener('abort', done, { once: true })
  })

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint32Array(ID_CHARS))
  return Array.from(bytes, (n) => ALPHABET[n % ALPHABET.length]).join('')
}
