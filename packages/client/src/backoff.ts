import type { World } from '@nacre/types'

const FIRST_MS = 250
const MOST_MS = 5_000

/** The pause after the n-th failure in a row, from 1: doubling, and spread so that clients do not come back together. */
export const backoffMs = (failures: number, { random }: Pick<World, 'random'>): number =>
  Math.min(FIRST_MS * 2 ** Math.min(failures - 1, 10), MOST_MS) * (0.5 + random() / 2)
