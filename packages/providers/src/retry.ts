import { Fault, type GenerateRequest, type ModelEvent, type Provider, type World } from '@nacre/types'
import { cancelled } from './clocks.js'
import { lazyIterator } from './lazy-iterator.js'

/** How often and how long a call is tried. Times are in milliseconds. */
export type RetryOptions = {
  readonly world: World
  /** Calls in all, the first included; 4. */
  readonly attempts?: number
  /** The first wait is random below this, each further one below twice as much; 500. */
  readonly baseMs?: number
  /** No wait of our own is longer; 20 s. What the server asks for is waited in full. */
  readonly maxMs?: number
  /** No call begins later than this after the first; a wait that would go beyond is not begun. 120 s. */
  readonly totalMs?: number
}

/**
 * A provider that asks again where that can help: as long as nothing of an answer was seen, and never where the fault
 * says `never`. After the first event a call that breaks is a Fault `stream_cut`, and what came is not taken back.
 */
export function withRetry(provider: Provider, options: RetryOptions): Provider {
  return {
    name: provider.name,
    generate: (request, { signal }) => lazyIterator(() => firstSeen(provider, options, request, signal)),
  }
}

/** Asks until there is a first event, and gives the answer that it begins. */
async function firstSeen(
  provider: Provider,
  options: RetryOptions,
  request: GenerateRequest,
  signal: AbortSignal,
): Promise<AsyncIterator<ModelEvent>> {
  const { world } = options
  const startedAt = world.now()
  let sleptMs = 0
  for (let attempt = 1; ; attempt++) {
    try {
      const events = provider.generate(request, { signal })[Symbol.asyncIterator]()
      return goingOn(await events.next(), events, provider.name)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      // At least what was slept: a clock on the wall that was put back gives nothing back.
      const waitMs = nextWait(error, attempt, Math.max(sleptMs, world.now() - startedAt), options)
      if (waitMs === undefined) throw attempt === 1 ? error : givenUp(error, attempt)
      await world.sleep(waitMs, signal)
      sleptMs += waitMs
      if (signal.aborted) throw cancelled(provider.name)
    }
  }
}

/** An answer of which something was seen. By hand, for a generator costs each event several promises more. */
function goingOn(
  first: IteratorResult<ModelEvent>,
  events: AsyncIterator<ModelEvent>,
  name: string,
): AsyncIterator<ModelEvent> {
  let seen = false
  const broken = (error: unknown) => Promise.reject(error instanceof Fault ? brokenOff(error, name) : error)
  return {
    next() {
      if (seen) return events.next().catch(broken)
      seen = true
      return Promise.resolve(first)
    },
    return: async () => (await events.return?.()) ?? { done: true, value: undefined },
  }
}

/** How long to wait before the next attempt, or nothing when there is to be none. */
function nextWait(fault: Fault, attempt: number, spentMs: number, options: RetryOptions): number | undefined {
  const { world, attempts = 4, baseMs = 500, maxMs = 20_000, totalMs = 120_000 } = options
  if (fault.retry === 'never' || fault.code === 'cancelled' || attempt >= attempts) return undefined
  const asked = fault.retry === 'now' ? 0 : fault.retry.afterMs
  const spread = asked > 0 ? baseMs : Math.min(maxMs, baseMs * 2 ** (attempt - 1))
  const waitMs = Math.ceil(asked + world.random() * spread)
  return spentMs + waitMs > totalMs ? undefined : waitMs
}

function brokenOff(fault: Fault, name: string): Fault {
  if (fault.retry === 'never' || fault.code === 'timeout' || fault.code === 'stream_cut') return fault
  return new Fault('stream_cut', `${name} broke off within its answer: ${fault.message}`, {
    retry: 'now',
    mend: 'Ask again; what had come is not the whole answer.',
    cause: fault,
  })
}

const givenUp = ({ code, message, retry, mend, cause }: Fault, attempts: number) =>
  new Fault(code, `${message} (tried ${attempts} times)`, { retry, cause, ...(mend === undefined ? {} : { mend }) })
