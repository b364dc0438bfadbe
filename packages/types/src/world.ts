import type { Millis } from './ids.js'

/** The world outside the program, passed in: made once in `runner`, faked in tests. */
export interface World {
  now(): Millis
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** A fresh random id: 16 characters of `[0-9a-z]`. */
  id(): string
  /** Uniform in [0, 1). */
  random(): number
}
