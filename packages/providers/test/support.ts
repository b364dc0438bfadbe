import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { fakeWorld } from '@nacre/kit/testing'
import {
  anthropicMessages,
  anthropicVertex,
  cohere,
  gemini,
  type HttpFetch,
  type HttpRequest,
  ollama,
  openaiChat,
  openaiResponses,
  type ProviderOptions,
} from '@nacre/providers'
import { type AnswerPart, Fault, type GenerateRequest, type ModelEvent, type Provider } from '@nacre/types'

/** Arranging and observing, for the tests of this package. */

export const ASK: GenerateRequest = {
  model: 'm-1',
  system: 'Be brief.',
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello?' }] }],
  tools: [],
}

type Finished = Extract<ModelEvent, { type: 'finished' }>
export type Outcome = { events: readonly ModelEvent[]; finished?: Finished; fault?: Fault }

/** Runs a call to its end; a Fault is an outcome, anything else thrown is a bug. */
export async function run(
  provider: Provider,
  request: GenerateRequest = ASK,
  signal: AbortSignal = new AbortController().signal,
): Promise<Outcome> {
  const events: ModelEvent[] = []
  try {
    for await (const event of provider.generate(request, { signal })) events.push(event)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { events, fault: error }
  }
  const finished = events.at(-1)
  if (finished?.type !== 'finished' || events.filter((event) => event.type === 'finished').length !== 1)
    throw new Error('not exactly one finished, at the end')
  return { events, finished }
}

export const textOf = (events: readonly ModelEvent[]) =>
  events.flatMap((event) => (event.type === 'text' ? [event.text] : [])).join('')
/** The events with neighbours of a kind made one: how much came together says nothing about what was said. */
export function joined(events: readonly ModelEvent[]): readonly ModelEvent[] {
  const joint: ModelEvent[] = []
  for (const event of events) {
    const last = joint.at(-1)
    const goesOn =
      last?.type === event.type && (event.type !== 'args' || (last.type === 'args' && last.index === event.index))
    if (goesOn && 'text' in last && 'text' in event) joint[joint.length - 1] = { ...last, text: last.text + event.text }
    else joint.push(event)
  }
  return joint
}
export const partsOf = <T extends AnswerPart['type']>({ finished }: Outcome, type: T) =>
  (finished?.parts ?? []).filter((part): part is Extract<typeof part, { type: T }> => part.type === type)

/** A network that answers with these bytes, cut where it is told to be. */
export function bytesFetch(
  body: string | Uint8Array,
  how: { status?: number; headers?: Record<string, string>; cuts?: readonly number[] | 'bytes'; breaks?: boolean } = {},
): HttpFetch & { requests: HttpRequest[] } {
  const bytes = Buffer.from(body as string)
  const requests: HttpRequest[] = []
  const fetch: HttpFetch = async (_, request) => {
    requests.push(request)
    return { status: how.status ?? 200, headers: { get: (name) => how.headers?.[name] }, body: pieces(bytes, how) }
  }
  return Object.assign(fetch, { requests })
}

async function* pieces(
  bytes: Buffer,
  { cuts = [], breaks = false }: { cuts?: readonly number[] | 'bytes'; breaks?: boolean },
) {
  const ends =
    cuts === 'bytes' ? Array.from(bytes, (_, at) => at + 1) : [...cuts, bytes.length].toSorted((a, b) => a - b)
  let from = 0
  for (const to of ends) {
    yield new Uint8Array(bytes.subarray(from, to))
    from = to
  }
  if (breaks) throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
}

/** By the names that the recordings have for them, and the one that is recorded as another. */
const WIRES = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  'anthropic-vertex': anthropicVertex,
  gemini,
  'ollama-chat': ollama,
  'cohere-v2': cohere,
} as const
export type WireName = keyof typeof WIRES
export const WIRE_NAMES = Object.keys(WIRES) as WireName[]

export const speaking = (wire: WireName, fetch: HttpFetch, more: Partial<ProviderOptions> = {}): Provider =>
  WIRES[wire]({ name: 'vendor', baseUrl: 'http://vendor.test', fetch, world: fakeWorld(), ...more })

/** OpenAI chunks as a stream; objects become events, strings stay as they are. */
export const sse = (...chunks: readonly unknown[]) =>
  chunks.map((chunk) => `data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`).join('')
export const delta = (said: unknown, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta: said, finish_reason }],
})

const SHARED = fileURLToPath(new URL('../../../../shared/testdata/', import.meta.url))
export const sharedPath = (path: string) => SHARED + path
export const hasShared = (path: string) => existsSync(sharedPath(path))
export const readShared = (path: string) => JSON.parse(readFileSync(sharedPath(path), 'utf8'))
