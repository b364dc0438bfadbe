import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addPartialArg, argsTextOf, newArgsDraft } from '../dist/partial-args.js'
import { bytesFetch, partsOf, run, speaking, sse, textOf } from './support.js'

/** Gemini's generateContent, beyond what was recorded. */

const chunk = (parts: readonly object[], more: object = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, ...more }],
})
const STOP = { finishReason: 'STOP' }
const ask = (...events: readonly unknown[]) => run(speaking('gemini', bytesFetch(sse(...events))))
const calls = async (...parts: readonly object[]) =>
  partsOf(await ask(...parts.map((part) => chunk([{ functionCall: part }])), chunk([], STOP)), 'call')

describe('an answer', () => {
  test('as one list, where the server was not asked for events, is the same', async () => {
    const list = JSON.stringify([chunk([{ text: 'Hel' }]), chunk([{ text: 'lo' }], STOP)], null, 2)
    const { events, finished } = await run(speaking('gemini', bytesFetch(list, { cuts: 'bytes' })))
    expect([textOf(events), finished?.reason]).toEqual(['Hello', 'stop'])
    expect((await run(speaking('gemini', bytesFetch(list.slice(0, -9))))).fault?.code).toBe('stream_cut')
    const unfinished = JSON.stringify([chunk([{ text: 'Hel' }])])
    expect((await run(speaking('gemini', bytesFetch(unfinished)))).fault?.code).toBe('stream_cut')
  })

  test('that is blocked before it began is filtered, not cut', async () => {
    const outcome = await ask({ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 3 } })
    expect(outcome.finished).toMatchObject({ reason: 'content_filter', parts: [], usage: { inputTokens: 3 } })
  })

  test.each([
    ['MAX_TOKENS', 'length'],
    [2, 'length'],
    ['SAFETY', 'content_filter'],
    [3, 'content_filter'],
    ['PROHIBITED_CONTENT', 'content_filter'],
    ['LANGUAGE', 'other'],
    [17, 'other'],
  ])('that ends for %s says %s', async (finishReason, reason) => {
    expect((await ask(chunk([{ text: 'Hi' }], { finishReason }))).finished?.reason).toBe(reason)
  })

  test('whose call cannot be read is a fault that another try may mend', async () => {
    const { fault } = await ask(chunk([], { finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'call:add{' }))
    expect(fault).toMatchObject({ code: 'provider_error', retry: 'now' })
    expect(fault?.message).toContain('call:add{')
  })

  test('keeps signatures with the part that they came with', async () => {
    const { finished } = await ask(
      chunk([{ text: 'Hm', thought: true, thoughtSignature: 'a' }]),
      chunk([{ text: 'One ' }]),
      chunk([{ text: 'two', thoughtSignature: 'b' }]),
      chunk([{ text: ' three' }]),
      chunk([{ functionCall: { name: 'add', args: {} }, thoughtSignature: 'c' }], STOP),
    )
    expect(finished?.parts).toEqual([
      { type: 'reasoning', text: 'Hm', extra: { from: 'vendor', thoughtSignature: 'a' } },
      { type: 'text', text: 'One two', extra: { from: 'vendor', thoughtSignature: 'b' } },
      { type: 'text', text: ' three' },
      { type: 'call', call: 'call_0', name: 'add', argsText: '{}', extra: { from: 'vendor', thoughtSignature: 'c' } },
    ])
  })

  test('may hold pictures and what its own tools did, in order', async () => {
    const code = { executableCode: { language: 'PYTHON', code: '1' } }
    const { finished } = await ask(
      chunk([{ text: 'See' }, { inlineData: { mimeType: 'image/png', data: 'aGk=' } }, code, { text: 'that' }], STOP),
    )
    expect(finished?.parts.map((part) => part.type)).toEqual(['text', 'media', 'server', 'text'])
    expect(finished?.parts[2]).toEqual({
      type: 'server',
      name: 'executableCode',
      extra: { from: 'vendor', block: code },
    })
  })
})

describe('arguments that come value by value', () => {
  test('are put where their paths say, and parallel calls are told apart', async () => {
    const path = (jsonPath: string, value: object, more: object = {}) => ({
      partialArgs: [{ jsonPath, ...value, ...more }],
    })
    const parts = await calls(
      { name: 'a', willContinue: true },
      path('$.city', { stringValue: 'Bos' }, { willContinue: true }),
      path('$.city', { stringValue: 'ton' }),
      path("$['days'][1].n", { numberValue: 2 }),
      path('$.days[0].n', { numberValue: 1 }),
      path('$.now', { boolValue: false }),
      path('$.no', { nullValue: 'NULL_VALUE' }),
      {},
      { name: 'a', willContinue: true },
      path('$.city', { stringValue: 'Rome' }),
      {},
    )
    expect(parts.map((part) => JSON.parse(part.argsText))).toEqual([
      { city: 'Boston', days: [{ n: 1 }, { n: 2 }], now: false, no: null },
      { city: 'Rome' },
    ])
  })

  test('said twice count as they were said last', () => {
    const draft = newArgsDraft()
    for (const value of ['a', 'b']) addPartialArg(draft, { path: '$.x', value, goesOn: false })
    expect(argsTextOf(draft)).toBe('{"x":"b"}')
  })

  test('cannot reach beyond themselves, and a path that is none is left out', async () => {
    const draft = newArgsDraft()
    const deep = `$${'.a'.repeat(100)}`
    for (const path of ['$.__proto__.polluted', '$', 'a', '$.a..b', '$[x]', '$.a[99999999]', deep, '$.ok'])
      addPartialArg(draft, { path, value: 1, goesOn: false })
    expect(argsTextOf(draft)).toBe('{"__proto__":{"polluted":1},"ok":1}')
    expect({}).not.toHaveProperty('polluted')
  })

  test('are the object that they were taken from, whatever it is', () => {
    const leaf = fc.oneof(fc.string(), fc.boolean(), fc.constant(null), fc.integer())
    const tree = fc.letrec((tie) => ({
      object: fc.dictionary(fc.string({ minLength: 1 }), tie('value'), { minKeys: 1, maxKeys: 4 }),
      value: fc.oneof({ depthSize: 'small' }, leaf, tie('object'), fc.array(leaf, { minLength: 1, maxLength: 4 })),
    })).object
    fc.assert(
      fc.property(tree, (value) => {
        const draft = newArgsDraft()
        for (const [path, said] of leavesOf('$', value)) {
          if (typeof said === 'string' && said.length > 1) {
            addPartialArg(draft, { path, value: said.slice(0, 1), goesOn: true })
            addPartialArg(draft, { path, value: said.slice(1), goesOn: false })
          } else addPartialArg(draft, { path, value: said, goesOn: false })
        }
        expect(JSON.parse(argsTextOf(draft))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

type Leaf = string | number | boolean | null
function leavesOf(path: string, value: unknown): [string, Leaf][] {
  if (typeof value !== 'object' || value === null) return [[path, value as Leaf]]
  if (Array.isArray(value)) return value.flatMap((one, at) => leavesOf(`${path}[${at}]`, one))
  return Object.entries(value).flatMap(([key, one]) => leavesOf(`${path}[${JSON.stringify(key)}]`, one))
}
