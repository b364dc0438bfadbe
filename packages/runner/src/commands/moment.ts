import { Fault, type Millis } from '@nacre/types'

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** When `text` says: so long before `now` (`30s`, `10m`, `2h`, `3d`), or a time as ISO 8601 has it. */
export function momentOf(text: string, now: Millis): Millis {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
  if (count !== undefined) return now - Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(at)) return at
  throw new Fault('invalid_input', `'${text}' is no time.`, {
    mend: 'Say how long ago (30s, 10m, 2h, 3d), or when (2026-11-25T08:00Z).',
  })
}
