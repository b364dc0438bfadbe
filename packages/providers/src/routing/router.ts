import { Fault, type GenerateRequest, type ModelEvent, type Provider, type World } from '@nacre/types'
import { cancelled } from '../clocks.js'
import { isObject } from '../loose.js'
import type { CallEnd } from './gate.js'
import type { Gates, Pass } from './gates.js'
import { saturated, type Tried } from './saturation.js'

/** A model that may answer. */
export type Route = { readonly provider: Provider; readonly model: string }

export type RouterOptions = {
  readonly name: string
  /** The first is asked first. `candidatesFor` orders them. */
  readonly routes: readonly Route[]
  readonly gates: Gates
  readonly world: World
}

/**
 * A provider made of several. A request goes to the first route whose gate lets it in, whatever model it names; where
 * that one is limited, down or broken in passing before its first event, to the next. Never after an event, for what
 * was seen is not taken back; never where a key or the request itself was refused, for that is to be mended and not
 * hidden. Where none is left it throws a Fault with `retry: { afterMs }`: `rate_limited`, `busy` or `unavailable`.
 */
export function router(options: RouterOptions): Provider {
  return { name: options.name, generate: (request, { signal }) => generate(options, request, signal) }
}

async function* generate(
  options: RouterOptions,
  request: GenerateRequest,
  signal: AbortSignal,
): AsyncIterable<ModelEvent> {
  const { name, routes, gates, world } = options
  const tokens = tokensOf(request)
  const tried: Tried[] = []
  for (const route of routes) {
    if (signal.aborted) throw cancelled(name)
    const entry = gates.enter(route.provider.name, tokens)
    const whose = `${route.provider.name}/${route.model}`
    if (entry.type === 'refused') {
      tried.push({ whose, ...entry })
      continue
    }
    const fault = yield* attempt(route, entry, request, signal)
    if (fault === undefined) return
    tried.push({ type: 'failed', whose, fault })
  }
  throw saturated(name, tried, world.now())
}

/** One route's answer. Returns the fault after which another route may be asked; throws any other. */
async function* attempt(
  { provider, model }: Route,
  pass: Pass,
  request: GenerateRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, Fault | undefined> {
  let seen = false
  // Stands where the consumer breaks off, where the call is cancelled, and where a provider has a bug.
  let end: CallEnd = { type: 'left' }
  try {
    for await (const event of provider.generate({ ...request, model }, { signal })) {
      seen = true
      if (event.type !== 'finished') yield event
      else {
        const { usage } = event
        end = { type: 'answered', ...(usage && { tokens: usage.inputTokens + usage.outputTokens }) }
        yield { ...event, by: { provider: provider.name, model } }
      }
    }
    return undefined
  } catch (error) {
    if (!(error instanceof Fault) || end.type === 'answered') throw error
    end = endOf(error, seen)
    if (seen || !movesOn(end)) throw error
    return error
  } finally {
    pass.leave(end)
  }
}

const DOWN: readonly Fault['code'][] = ['unavailable', 'timeout', 'stream_cut']

function endOf(fault: Fault, seen: boolean): CallEnd {
  if (fault.code === 'cancelled') return { type: 'left' }
  if (fault.code === 'rate_limited' || fault.code === 'busy')
    return { type: 'limited', seen, ...(typeof fault.retry === 'object' && fault.retry) }
  const down = DOWN.includes(fault.code) || (fault.code === 'provider_error' && fault.retry !== 'never')
  return { type: down ? 'down' : 'refused', seen }
}

const movesOn = ({ type }: CallEnd) => type === 'limited' || type === 'down'

/** A token is rarely fewer bytes than this: an estimate that mostly errs high. */
const BYTES_PER_TOKEN = 3
/** No vendor counts a picture as much more than this, however many bytes it has. */
const MEDIA_CHARS = 16_000

function tokensOf({ system, messages, tools, maxOutputTokens = 0 }: GenerateRequest): number {
  const text = JSON.stringify([system, messages, tools], (_, value) =>
    isObject(value) && value.type === 'media' && typeof value.data === 'string'
      ? { ...value, data: value.data.slice(0, MEDIA_CHARS) }
      : value,
  )
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN) + maxOutputTokens
}
