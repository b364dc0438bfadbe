import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { type Outcome, partsOf, textOf, type WireName } from './support.js'

/** What an independent script read out of a recording's raw bytes, and whether an outcome says the same. */

type Call = {
  id: string | null
  name: string
  arguments?: unknown
  argumentsRaw?: string | null
  inputRaw?: string
}
type Mark = { len: number; sha: string }
export type Expected = {
  text?: string
  refusal?: string
  reasoning?: string
  reasoningSummary?: string[]
  encryptedReasoning?: (Mark & { id: string })[]
  thinking?: string
  thought?: string
  thoughtSignatures?: (Mark & { on: string })[]
  toolPlan?: string
  redactedThinking?: number
  thinkingBlocks?: { textLen: number; signatureLen: number; signatureSha: string }[]
  toolCalls?: Call[]
  serverToolCalls?: { type?: string; name?: string; id?: string | null }[]
  blocks?: string[]
  outputItems?: string[]
  partKinds?: string[]
  legacyFunctionCall?: { name: string; arguments: unknown }
  finishReason?: string | number | null
  stopReason?: string | null
  doneReason?: string | null
  status?: string | null
  blockReason?: string | null
  usageNumbers?: Record<string, number | null> | null
  usage?: { tokens?: { input_tokens: number; output_tokens: number }; cached_tokens?: number } | null
  error?: unknown
  httpStatus?: number
}
export type Entry = {
  file: string
  api: WireName
  provider: string
  kind: string
  stream: boolean
  status: number
  expected: Expected
}

const REASONS: Record<string, string> = {
  stop: 'stop',
  end_turn: 'stop',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  tool_use: 'tool_calls',
  length: 'length',
  max_tokens: 'length',
  pause_turn: 'pause',
  completed: 'stop',
  STOP: 'stop',
  1: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content_filter',
  UNEXPECTED_TOOL_CALL: 'other',
  COMPLETE: 'stop',
  TOOL_CALL: 'tool_calls',
}

const reasonOf = ({ finishReason, stopReason, doneReason, status, blockReason }: Expected) =>
  finishReason ?? stopReason ?? doneReason ?? status ?? blockReason

/** A recording that stops before its end. */
const isTruncated = ({ expected }: Entry) =>
  expected.httpStatus === undefined && expected.error === undefined && !reasonOf(expected)

export function checkOutcome(entry: Entry, outcome: Outcome) {
  const { expected } = entry
  if (expected.httpStatus !== undefined) {
    expect(outcome.fault?.message).toContain(`HTTP ${expected.httpStatus}`)
    expect(outcome.events).toEqual([])
  } else if (expected.error !== undefined || expected.status === 'queued')
    expect(outcome.fault?.code).toBe('provider_error')
  else if (isTruncated(entry)) {
    expect(outcome.fault?.code).toBe('stream_cut')
    expect(outcome.fault?.retry).toBe('now')
    expect(textOf(outcome.events)).toBe(expected.text ?? '')
  } else checkAnswer(expected, outcome)
}

function checkAnswer(expected: Expected, outcome: Outcome) {
  expect(outcome.fault).toBeUndefined()
  const said = `${expected.text ?? ''}${expected.refusal ?? ''}`
  expect(textOf(outcome.events)).toBe(said)
  expect(joined(outcome, 'text')).toBe(said)
  const { reasoningSummary = [], toolPlan = '' } = expected
  const thoughts = `${toolPlan}${reasoningSummary.join('\n\n')}${expected.reasoning ?? expected.thinking ?? expected.thought ?? ''}`
  expect(joined(outcome, 'reasoning')).toBe(thoughts)
  expect(outcome.events.flatMap((event) => (event.type === 'reasoning' ? [event.text] : [])).join('')).toBe(thoughts)
  const hasCalls = partsOf(outcome, 'call').length > 0
  const reason = expected.refusal ? 'refusal' : REASONS[reasonOf(expected) ?? '']
  expect(outcome.finished?.reason).toBe(hasCalls && (reason === 'stop' || reason === 'other') ? 'tool_calls' : reason)
  checkCalls(expected, outcome)
  checkUsage(expected, outcome)
  checkSignatures(expected, outcome)
  checkServerTools(expected, outcome)
}

const joined = (outcome: Outcome, type: 'text' | 'reasoning') =>
  partsOf(outcome, type)
    .map((part) => part.text)
    .join('')

function checkCalls(expected: Expected, outcome: Outcome) {
  const legacy = expected.legacyFunctionCall
  const wanted = [
    ...(expected.toolCalls ?? []).map(({ id, name, arguments: args, inputRaw }) => ({
      id,
      name,
      args: inputRaw ?? args ?? {},
    })),
    ...(legacy === undefined ? [] : [{ id: null, name: legacy.name, args: legacy.arguments }]),
  ].map(({ id, ...more }, at) => ({ call: id ?? `call_${at}`, ...more }))
  const calls = partsOf(outcome, 'call')
  expect(
    calls.map(({ call, name, argsText, extra }) => ({
      call,
      name,
      args: extra?.custom ? argsText : JSON.parse(argsText || '{}'),
    })),
  ).toEqual(wanted)
  const streamed = calls.map((_, index) => {
    const events = outcome.events.filter((event) => event.type === 'args').filter((event) => event.index === index)
    return { name: events[0]?.name, text: events.map((event) => event.text).join('') }
  })
  expect(streamed).toEqual(calls.map(({ name, argsText }) => ({ name, text: argsText })))
}

function checkUsage(expected: Expected, outcome: Outcome) {
  const usage = outcome.finished?.usage
  const cohere = expected.usage?.tokens
  const numbers =
    cohere === undefined
      ? expected.usageNumbers
      : {
          inputTotal: cohere.input_tokens,
          outputTotal: cohere.output_tokens,
          cachedInput: expected.usage?.cached_tokens ?? null,
        }
  if (!numbers) return expect(usage).toBeUndefined()
  expect(usage?.inputTokens).toBe(numbers.inputTotal)
  expect(usage?.outputTokens).toBe(numbers.outputTotal)
  expect(usage?.cacheReadTokens ?? null).toBe(numbers.cachedInput ?? numbers.cacheReadInput ?? null)
  if ('cacheWriteInput' in numbers) expect(usage?.cacheWriteTokens ?? null).toBe(numbers.cacheWriteInput)
  if ('reasoningOutput' in numbers) expect(usage?.reasoningTokens ?? null).toBe(numbers.reasoningOutput)
  if ('thoughts' in numbers) expect(usage?.reasoningTokens ?? null).toBe(numbers.thoughts)
  if ('toolUsePromptTokens' in numbers) expect(usage?.serverToolTokens ?? null).toBe(numbers.toolUsePromptTokens)
}

const markOf = (value: unknown): Mark => {
  const text = String(value)
  return { len: text.length, sha: createHash('sha256').update(text).digest('hex').slice(0, 16) }
}

/** What must go back unchanged is there, to the letter. */
function checkSignatures(expected: Expected, outcome: Outcome) {
  const thoughts = partsOf(outcome, 'reasoning')
  const signatures = thoughts.flatMap((part) => part.extra?.signature ?? [])
  expect(signatures.map(markOf)).toEqual(
    (expected.thinkingBlocks ?? []).map(({ signatureLen: len, signatureSha: sha }) => ({ len, sha })),
  )
  expect(thoughts.filter((part) => part.extra?.redacted !== undefined).length).toBe(expected.redactedThinking ?? 0)
  const encrypted = thoughts.filter((part) => part.extra?.encrypted_content !== undefined)
  expect(encrypted.map((part) => ({ id: part.extra?.id, ...markOf(part.extra?.encrypted_content) }))).toEqual(
    expected.encryptedReasoning ?? [],
  )
  const signed = (outcome.finished?.parts ?? []).flatMap((part) => {
    if (part.type !== 'server') return part.extra?.thoughtSignature ?? []
    return (part.extra.block as { thoughtSignature?: string }).thoughtSignature ?? []
  })
  const order = (marks: readonly Mark[]) => marks.map(({ len, sha }) => `${len} ${sha}`).toSorted()
  expect(order(signed.map(markOf))).toEqual(order(expected.thoughtSignatures ?? []))
}

const CALLED =
  /^(text|thinking|redacted_thinking|tool_use|reasoning|message|function_call|custom_tool_call|functionCall|thought:.*)$/

/** What the vendor's own tools did is there block by block, in order. */
function checkServerTools({ blocks, outputItems, partKinds }: Expected, outcome: Outcome) {
  const kinds = (blocks ?? outputItems ?? partKinds ?? []).filter((kind) => !CALLED.test(kind))
  expect(partsOf(outcome, 'server').map((part) => part.name)).toEqual(kinds)
}
