import { undiciFetch } from '@nacre/providers'
import { type ReplayExchange, replayServer } from '@nacre/providers/testing'
import { afterAll, expect, test } from 'vitest'
import {
  bytesFetch,
  hasShared,
  type Outcome,
  partsOf,
  readShared,
  run,
  speaking,
  textOf,
  type WireName,
} from './support.js'

/** Every recorded exchange of our two wires, against what an independent script read out of the raw bytes. */

type Call = { id: string; name: string; arguments: unknown; argumentsRaw: string | null }
type Expected = {
  text?: string
  refusal?: string
  reasoning?: string
  thinking?: string
  redactedThinking?: number
  thinkingBlocks?: { textLen: number; signatureLen: number }[]
  toolCalls?: Call[]
  legacyFunctionCall?: { name: string; arguments: unknown }
  finishReason?: string | null
  stopReason?: string | null
  usageNumbers?: Record<string, number | null> | null
  error?: unknown
  httpStatus?: number
}
type Entry = { file: string; api: string; kind: string; stream: boolean; status: number; expected: Expected }
type Recording = { response: { status: number; headers: Record<string, string>; body: string } }

const DEV = 'providers/dev'
const here = hasShared(`${DEV}/manifest.json`)
const entries: Entry[] = here
  ? readShared(`${DEV}/manifest.json`).exchanges.filter((entry: Entry) =>
      /^(openai-chat|anthropic-messages)$/.test(entry.api),
    )
  : []
const recordingOf = (entry: Entry): Recording => readShared(`${DEV}/${entry.file}`)

// Nothing is skipped: what was recorded without streaming goes over the same path, which reads whole JSON too.
const fetch = undiciFetch()
afterAll(() => fetch.close())

const REASONS: Record<string, string> = {
  stop: 'stop',
  end_turn: 'stop',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  tool_use: 'tool_calls',
  length: 'length',
  max_tokens: 'length',
  pause_turn: 'other',
}

const truncated = ({ expected }: Entry) =>
  expected.httpStatus === undefined && expected.error === undefined && !(expected.finishReason ?? expected.stopReason)

function checkOutcome(entry: Entry, outcome: Outcome) {
  const { expected } = entry
  if (expected.httpStatus !== undefined) {
    expect(outcome.fault?.message).toContain(`HTTP ${expected.httpStatus}`)
    expect(outcome.events).toEqual([])
  } else if (expected.error !== undefined) expect(outcome.fault?.code).toBe('provider_error')
  else if (truncated(entry)) {
    expect(outcome.fault?.code).toBe('stream_cut')
    expect(outcome.fault?.retry).toBe('now')
    expect(textOf(outcome.events)).toBe(expected.text ?? '')
  } else checkAnswer(expected, outcome)
}

function checkAnswer(expected: Expected, outcome: Outcome) {
  expect(outcome.fault).toBeUndefined()
  const said = `${expected.text ?? ''}${expected.refusal ?? ''}`
  expect(textOf(outcome.events)).toBe(said)
  expect(
    partsOf(outcome, 'text')
      .map((part) => part.text)
      .join(''),
  ).toBe(said)
  const thoughts = expected.reasoning ?? expected.thinking ?? ''
  expect(
    partsOf(outcome, 'reasoning')
      .map((part) => part.text)
      .join(''),
  ).toBe(thoughts)
  expect(outcome.events.flatMap((event) => (event.type === 'reasoning' ? [event.text] : [])).join('')).toBe(thoughts)
  const reason = expected.refusal ? 'refusal' : REASONS[expected.finishReason ?? expected.stopReason ?? '']
  expect(outcome.finished?.reason).toBe(reason)
  checkCalls(expected, outcome)
  checkUsage(expected, outcome)
  const signatures = partsOf(outcome, 'reasoning').flatMap((part) => part.extra?.signature ?? [])
  expect(signatures.map((one) => String(one).length)).toEqual(
    (expected.thinkingBlocks ?? []).map((one) => one.signatureLen),
  )
  const redacted = partsOf(outcome, 'reasoning').filter((part) => part.extra?.redacted !== undefined)
  expect(redacted.length).toBe(expected.redactedThinking ?? 0)
}

function checkCalls(expected: Expected, outcome: Outcome) {
  const legacy = expected.legacyFunctionCall
  const wanted = [
    ...(expected.toolCalls ?? []).map(({ id, name, arguments: args }) => ({ call: id, name, args })),
    ...(legacy === undefined ? [] : [{ call: 'call_0', name: legacy.name, args: legacy.arguments }]),
  ]
  const calls = partsOf(outcome, 'call')
  expect(calls.map(({ call, name, argsText }) => ({ call, name, args: JSON.parse(argsText || '{}') }))).toEqual(wanted)
  const streamed = calls.map((_, index) => {
    const events = outcome.events.filter((event) => event.type === 'args').filter((event) => event.index === index)
    return { name: events[0]?.name, text: events.map((event) => event.text).join('') }
  })
  expect(streamed).toEqual(calls.map(({ name, argsText }) => ({ name, text: argsText })))
}

function checkUsage(expected: Expected, outcome: Outcome) {
  const numbers = expected.usageNumbers
  const usage = outcome.finished?.usage
  if (!numbers) return expect(usage).toBeUndefined()
  expect(usage?.inputTokens).toBe(numbers.inputTotal)
  expect(usage?.outputTokens).toBe(numbers.outputTotal)
  expect(usage?.cacheReadTokens ?? null).toBe(numbers.cachedInput ?? numbers.cacheReadInput ?? null)
  expect(usage?.cacheWriteTokens ?? null).toBe(numbers.cacheWriteInput ?? null)
  if ('reasoningOutput' in numbers) expect(usage?.reasoningTokens ?? null).toBe(numbers.reasoningOutput)
}

/** A fixed sequence of places to cut at. */
function cutsOf(seed: number, size: number, count: number): readonly number[] {
  let state = seed + 1
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647
    return state % Math.max(1, size)
  })
}

/** One byte at a time at both ends, where things begin and end, and in strides between. */
function finely(size: number): readonly number[] {
  const edge = Array.from({ length: 500 }, (_, at) => at + 1)
  const strides = Array.from({ length: 300 }, (_, at) => Math.floor((size / 300) * at))
  return size <= 4000 ? edge : [...edge, ...edge.map((at) => size - at), ...strides]
}

test('the recordings are all there', (ctx) => {
  if (!here) ctx.skip('needs shared data: providers/dev')
  expect(entries.length).toBe(83)
})

test.each(entries)(
  '$file means over HTTP what it says, however it is split',
  async (entry) => {
    const { status, headers, body } = recordingOf(entry).response
    const size = Buffer.byteLength(body)
    const splits: ReplayExchange['split'][] = ['whole', finely(size), cutsOf(size, size, 20)]
    await using server = await replayServer(splits.map((split) => ({ status, headers, body, split: split ?? 'whole' })))
    for (const _ of splits)
      checkOutcome(entry, await run(speaking(entry.api as WireName, fetch, { baseUrl: server.url })))
    expect(server.requests.map((request) => request.path)).toEqual(
      splits.map(() => (entry.api === 'openai-chat' ? '/v1/chat/completions' : '/v1/messages')),
    )
  },
  30_000,
)

test.each(entries.filter((entry) => entry.status === 200))('$file is the same byte by byte', async (entry) => {
  const { headers, body } = recordingOf(entry).response
  const cuts = Buffer.byteLength(body) > 8_000 ? finely(Buffer.byteLength(body)) : ('bytes' as const)
  const whole = await run(speaking(entry.api as WireName, bytesFetch(body, { headers })))
  const split = await run(speaking(entry.api as WireName, bytesFetch(body, { headers, cuts })))
  checkOutcome(entry, split)
  expect(split.events).toEqual(whole.events)
})

test.each(entries.filter((entry) => entry.status === 200))('$file cut short is a fault or whole', async (entry) => {
  const { headers, body } = recordingOf(entry).response
  const bytes = Buffer.from(body)
  const whole = await run(speaking(entry.api as WireName, bytesFetch(body, { headers })))
  for (const [n, cut] of cutsOf(bytes.length, bytes.length, 60).entries()) {
    const part = bytes.subarray(0, cut)
    const outcome = await run(speaking(entry.api as WireName, bytesFetch(part, { headers, breaks: n % 2 === 0 })))
    if (outcome.fault !== undefined) continue
    // Everything that ends an answer had come: at most the usage may be missing.
    expect(part.toString()).toMatch(/"(finish_reason|stop_reason)":\s*"|\[DONE\]/)
    // OpenRouter gives a finish_reason and then an error: a cut between the two leaves the first.
    if (entry.file.startsWith('openrouter--openrouter-stream-error')) continue
    expect({ ...outcome.finished, usage: undefined }).toEqual({ ...whole.finished, usage: undefined })
  }
})
