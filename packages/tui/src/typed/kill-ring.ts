/** What was killed, newest last. */
export type KillRing = readonly string[]

const KEPT = 60
const UNITS = 1024 * 1024

/** A kill that follows another one at once is one with it: behind it, or before it where the text before was killed. */
export function killed(ring: KillRing, text: string, joins: 'before' | 'behind' | undefined): KillRing {
  if (text === '') return ring
  const last = ring.at(-1) ?? ''
  if (joins === undefined || ring.length === 0) return bounded([...ring, text])
  return bounded([...ring.slice(0, -1), joins === 'before' ? text + last : last + text])
}

/** The newest entries that are not too much together; the newest one always. */
function bounded(ring: KillRing): KillRing {
  const kept: string[] = []
  let units = 0
  for (const text of ring.toReversed()) {
    units += text.length
    if (kept.length > 0 && (units > UNITS || kept.length === KEPT)) break
    kept.unshift(text)
  }
  return kept
}
