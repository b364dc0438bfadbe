import type { Millis } from '@nacre/types'
import type { OpenLog } from './hub.js'

export { memoryLog } from './memory.js'

/**
 * Registers the tests that every log passes, with vitest; `make` gives a fresh, empty one. Await it at the top of a test
 * file. Vitest and fast-check are loaded only here, so that `memoryLog` serves programs that have neither.
 */
export async function logConformance(
  name: string,
  make: (world: { readonly now: () => Millis }) => OpenLog | Promise<OpenLog>,
): Promise<void> {
  const { conformance } = await import('./testing/conformance.js')
  conformance(name, make)
}
