import { Fault, type Millis, type Retry } from '@nacre/types'
import { BLOCKED_MS, type Refusal } from './gate.js'

/** A route that did not answer: its gate was shut, or it failed. */
export type Tried = { readonly whose: string } & (
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'failed'; readonly fault: Fault }
)

/** A route that failed in passing may be asked again after this. */
const AGAIN_MS = 1000

/** The fault of a router none of whose routes can answer now, with when to try again and why each cannot. */
export function saturated(name: string, tried: readonly Tried[], now: Millis): Fault {
  const [only, another] = tried
  if (only === undefined)
    return new Fault('invalid_input', `${name} has no route to a model.`, { mend: 'Configure one, or select another.' })
  const waits = tried.flatMap((one) => waitOf(one, now) ?? [])
  const retry = waits.length === 0 ? 'never' : { afterMs: Math.max(1, Math.min(...waits)) }
  // With one route there is nothing to add to what it said itself.
  if (another === undefined && only.type === 'failed') return again(only.fault, retry)
  const failed = tried.findLast((one) => one.type === 'failed')
  return new Fault(codeOf(tried), `${name}: no model can answer now. ${tried.map((one) => whyOf(one)).join('; ')}.`, {
    retry,
    mend: 'Wait, allow more at once or in a window, or add a provider to fall back on.',
    ...(failed?.type === 'failed' && { cause: failed.fault }),
  })
}

const again = (cause: Fault, retry: Retry) =>
  new Fault(cause.code, cause.message, { retry, cause, ...(cause.mend !== undefined && { mend: cause.mend }) })

/** Nothing where waiting does not help. */
function waitOf(tried: Tried, now: Millis): number | undefined {
  if (tried.type === 'refused') return tried.refusal.untilMs - now
  const { code, retry } = tried.fault
  if (typeof retry === 'object') return retry.afterMs
  if (code === 'rate_limited' || code === 'busy') return BLOCKED_MS
  return retry === 'never' ? undefined : AGAIN_MS
}

function codeOf(tried: readonly Tried[]): 'rate_limited' | 'busy' | 'unavailable' {
  const kinds = tried.map((one) => (one.type === 'failed' ? one.fault.code : one.refusal.type))
  if (kinds.some((kind) => kind === 'rate_limited' || kind === 'quota' || kind === 'blocked')) return 'rate_limited'
  return kinds.some((kind) => kind === 'slots' || kind === 'busy') ? 'busy' : 'unavailable'
}

function whyOf(tried: Tried): string {
  const { whose } = tried
  if (tried.type === 'failed') return `${whose}: ${tried.fault.message.replace(/\.$/, '')}`
  const { refusal } = tried
  const until = new Date(refusal.untilMs).toISOString()
  switch (refusal.type) {
    case 'slots':
      return `${whose}: all of its ${refusal.concurrent} calls at once are on their way`
    case 'quota':
      return `${whose}: its ${refusal.quota.limit} ${refusal.quota.counts} in ${refusal.quota.windowMs / 1000} s are used, until ${until}`
    case 'blocked':
      return `${whose}: it asked to be left alone until ${until}`
    case 'circuit':
      return `${whose}: it failed too often, and is left alone until ${until}`
  }
}
