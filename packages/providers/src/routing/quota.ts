import type { Millis } from '@nacre/types'

/** So much in so long. `fixed` windows begin at their first use; `sliding` ones look back from every moment. */
export type Quota = {
  readonly counts: 'messages' | 'tokens'
  readonly limit: number
  readonly windowMs: number
  readonly window: 'sliding' | 'fixed'
}

/** What was used lately, oldest first; an `open` use is reserved, and may still be changed by its id. */
export type Used = readonly Use[]
type Use = { readonly id: number; readonly at: Millis; readonly amount: number; readonly open: boolean }

export type Reserved =
  | { readonly type: 'reserved'; readonly used: Used }
  /** Nothing else happening, it fits at `untilMs` and not before. */
  | { readonly type: 'full'; readonly untilMs: Millis }

/** Reserves an amount. One that is larger than the limit counts as the limit: it has to wait for an empty window. */
export function reserve(quota: Quota, used: Used, id: number, asked: number, now: Millis): Reserved {
  const amount = Math.min(asked, Math.max(1, quota.limit))
  const current = lately(quota, used, now)
  const over = sum(current) + amount - quota.limit
  if (over <= 0) return { type: 'reserved', used: [...thinned(current, quota), { id, at: now, amount, open: true }] }
  return { type: 'full', untilMs: freeAt(quota, current, over) ?? now + quota.windowMs }
}

/** What a reservation came to. Nothing happens where its window is over. */
export const settleUse = (used: Used, id: number, amount: number): Used =>
  used.map((use) => (use.id === id && use.open ? { ...use, amount, open: false } : use))

/** Takes a reservation back. */
export const refundUse = (used: Used, id: number): Used => used.filter((use) => !(use.id === id && use.open))

/** When the window that runs now gives something back; nothing where it is empty. */
export function windowEnd(quota: Quota, used: Used, now: Millis): Millis | undefined {
  const [first] = lately(quota, used, now)
  return first && first.at + quota.windowMs
}

function lately({ window, windowMs }: Quota, used: Used, now: Millis): Used {
  const [first] = used
  if (window === 'fixed') return first !== undefined && now >= first.at + windowMs ? [] : used
  return first !== undefined && now >= first.at + windowMs ? used.filter(({ at }) => now < at + windowMs) : used
}

const sum = (used: Used) => used.reduce((total, { amount }) => total + amount, 0)

/** When so much will be free: in a fixed window all at once. */
function freeAt({ window, windowMs }: Quota, used: Used, over: number): Millis | undefined {
  let missing = over
  for (const { at, amount } of used) {
    missing -= amount
    if (missing <= 0 || window === 'fixed') return at + windowMs
  }
  return undefined
}

const MOST_USES = 512

/** Many small uses become fewer. In a sliding window they end a little late, never early, and the list has a bound. */
function thinned(used: Used, { window, windowMs }: Quota): Used {
  if (used.length < MOST_USES) return used
  const grain = windowMs / (MOST_USES / 4)
  const kept: Use[] = []
  for (const use of used) {
    const last = kept.at(-1)
    const joins = last !== undefined && !last.open && !use.open && (window === 'fixed' || use.at - last.at < grain)
    if (!joins) kept.push(use)
    else kept.splice(-1, 1, { ...use, at: window === 'fixed' ? last.at : use.at, amount: last.amount + use.amount })
  }
  return kept
}
