import type { Row } from './bench.ts'

/** The value below which `share` (0..1) of the samples lie. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  if (found === undefined) throw new Error('nothing was measured')
  return found
}

export const median = (samples: readonly number[]): number => {
  const half = (samples.length - 1) / 2
  const sorted = samples.toSorted((a, b) => a - b)
  const [low, high] = [sorted[Math.floor(half)], sorted[Math.ceil(half)]]
  if (low === undefined || high === undefined) throw new Error('nothing was measured')
  return (low + high) / 2
}

/** Three digits that mean something; what was counted is a whole number, and has none behind the point. */
export const digits = (value: number): string =>
  value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toPrecision(3)

type Limit = { readonly atMost: number } | { readonly atLeast: number }

/** A row whose value has a unit and a limit. */
export function limited(what: string, value: number, unit: string, limit: Limit): Row {
  const [sign, bound] = 'atMost' in limit ? ['≤', limit.atMost] : ['≥', limit.atLeast]
  const met = 'atMost' in limit ? value <= bound : value >= bound
  return { what, value: `${digits(value)}${unit}`, target: { words: `${sign} ${bound}${unit}`, met } }
}
