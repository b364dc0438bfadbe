import { undiciFetch } from '@nacre/providers'
import { type ReplayExchange, replayServer } from '@nacre/providers/testing'
import { afterAll, expect, test } from 'vitest'
import { checkOutcome, type Entry } from './recordings.js'
import { bytesFetch, hasShared, joined, readShared, run, speaking, type WireName } from './support.js'

/** Every recorded exchange of our wires, against what an independent script read out of the raw bytes. */

type Recording = { response: { status: number; headers: Record<string, string>; body: string } }

/** Ollama's completions of a bare prompt, an API that nothing here speaks; all others are replayed. */
const SKIPPED = [
  'ollama-native--errorsx--2.json',
  'ollama-native--ollama-async-streaming-generation-legacy--0.json',
  'ollama-native--ollama-streaming-metrics--0.json',
  'ollama-native--testclient-generate--0.json',
]

const DEV = 'providers/dev'
const here = hasShared(`${DEV}/manifest.json`)
const all: Entry[] = here ? readShared(`${DEV}/manifest.json`).exchanges : []
const entries = all.filter((entry) => !SKIPPED.includes(entry.file))
const recordingOf = (entry: Entry): Recording => readShared(`${DEV}/${entry.file}`)

const fetch = undiciFetch()
afterAll(() => fetch.close())

const PATHS: Record<WireName, string> = {
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  'anthropic-messages': '/v1/messages',
  'anthropic-vertex': '/v1/models/m-1:streamRawPredict',
  gemini: '/v1beta/models/m-1:streamGenerateContent?alt=sse',
  'ollama-chat': '/api/chat',
  'cohere-v2': '/v2/chat',
}

/** What ends an answer on a wire. */
const ENDS: Record<WireName, RegExp> = {
  'openai-chat': /"finish_reason":\s*"|\[DONE\]/,
  'openai-responses': /"response\.(completed|incomplete)"/,
  'anthropic-messages': /"stop_reason":\s*"/,
  'anthropic-vertex': /"stop_reason":\s*"/,
  gemini: /"finishReason":/,
  'ollama-chat': /"done":\s*true/,
  'cohere-v2': /"finish_reason":\s*"/,
}

/** A fixed sequence of places to cut at. */
function cutsOf(seed: number, size: number, count: number): readonly number[] {
  let state = seed + 1
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647
    return state % Math.max(1, size)
  })
}

/** The ends of events, where a cut is hardest to see: all of them, or of a long stream the first and last hundred. */
function eventEnds(body: Buffer): readonly number[] {
  const text = body.toString('latin1')
  const ends = [...text.matchAll(/\r?\n\r?\n|\n(?=\{)/g)].map((match) => match.index + match[0].length)
  return ends.length <= 200 ? ends : [...ends.slice(0, 100), ...ends.slice(-100)]
}

/** One byte at a time at both ends, where things begin and end, and in strides between. */
function finely(size: number): readonly number[] {
  const edge = Array.from({ length: 500 }, (_, at) => at + 1)
  const strides = Array.from({ length: 300 }, (_, at) => Math.floor((size / 300) * at))
  return size <= 4000 ? edge : [...edge, ...edge.map((at) => size - at), ...strides]
}

test('the recordings are all there', (ctx) => {
  if (!here) ctx.skip('needs shared data: providers/dev')
  expect(all.length).toBe(136)
  expect(
    all
      .filter((entry) => entry.api === ('ollama-generate' as string))
      .map((entry) => entry.file)
      .toSorted(),
  ).toEqual(SKIPPED)
  expect(entries.length).toBe(132)
})

test.each(entries)(
  '$file means over HTTP what it says, however it is split',
  async (entry) => {
    const { status, headers, body } = recordingOf(entry).response
    const size = Buffer.byteLength(body)
    const splits: ReplayExchange['split'][] = [
      'whole',
      finely(size),
      eventEnds(Buffer.from(body)),
      cutsOf(size, size, 20),
    ]
    await using server = await replayServer(splits.map((split) => ({ status, headers, body, split: split ?? 'whole' })))
    for (const _ of splits) checkOutcome(entry, await run(speaking(entry.api, fetch, { baseUrl: server.url })))
    expect(server.requests.map((request) => request.path)).toEqual(splits.map(() => PATHS[entry.api]))
  },
  30_000,
)

test.each(entries.filter((entry) => entry.status === 200))('$file is the same byte by byte', async (entry) => {
  const { headers, body } = recordingOf(entry).response
  const cuts = Buffer.byteLength(body) > 8_000 ? finely(Buffer.byteLength(body)) : ('bytes' as const)
  const whole = await run(speaking(entry.api, bytesFetch(body, { headers })))
  const split = await run(speaking(entry.api, bytesFetch(body, { headers, cuts })))
  checkOutcome(entry, split)
  expect(joined(split.events)).toEqual(joined(whole.events))
})

test.each(entries.filter((entry) => entry.status === 200))('$file cut short is a fault or whole', async (entry) => {
  const { headers, body } = recordingOf(entry).response
  const bytes = Buffer.from(body)
  const whole = await run(speaking(entry.api, bytesFetch(body, { headers })))
  for (const [n, cut] of [...cutsOf(bytes.length, bytes.length, 60), ...eventEnds(bytes)].entries()) {
    const part = bytes.subarray(0, cut)
    const outcome = await run(speaking(entry.api, bytesFetch(part, { headers, breaks: n % 2 === 0 })))
    if (outcome.fault !== undefined) continue
    // Everything that ends an answer had come: at most the usage may be missing.
    expect(part.toString()).toMatch(ENDS[entry.api])
    // OpenRouter gives a finish_reason and then an error: a cut between the two leaves the first.
    if (entry.file.startsWith('openrouter--openrouter-stream-error')) continue
    expect({ ...outcome.finished, usage: undefined }).toEqual({ ...whole.finished, usage: undefined })
  }
})
