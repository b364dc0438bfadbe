import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { HttpFetch } from '@nacre/providers'
import fc from 'fast-check'
import { describe, expect, it, type TestContext } from 'vitest'
import { delta, hasShared, partsOf, readShared, run, speaking, sse, WIRE_NAMES, type WireName } from './support.js'

/** What a model's server may say instead of an answer: whatever it is, a call ends as an answer or as a Fault. */

const JSON_SUITE = fileURLToPath(
  new URL('../../../../shared/testdata/badinput/json/jsontestsuite.ndjson', import.meta.url),
)
const SSE_CASES = 'badinput/sse/sse-cases.json'

type Case = { name: string; text?: string; base64?: string; repeat?: [string, number] }
function jsonSuite(ctx: TestContext): readonly { readonly name: string; readonly bytes: Buffer }[] {
  if (!existsSync(JSON_SUITE)) ctx.skip('needs shared data: badinput/json')
  return readFileSync(JSON_SUITE, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case)
    .map(({ name, text, base64, repeat }) => {
      if (base64 !== undefined) return { name, bytes: Buffer.from(base64, 'base64') }
      return { name, bytes: Buffer.from(repeat === undefined ? (text ?? '') : repeat[0].repeat(repeat[1])) }
    })
}

const MANIFEST = 'providers/dev/manifest.json'
type Entry = {
  file: string
  api: string
  stream: boolean
  status: number
  expected: { text?: string; toolCalls?: readonly object[] }
}

const says = ({ text = '', toolCalls = [] }: Entry['expected']) => text !== '' || toolCalls.length > 0

/** The shortest recorded answer of a wire that said something. */
function goodAnswer(ctx: TestContext, wire: WireName): string {
  if (!hasShared(MANIFEST)) ctx.skip(`needs shared data: ${MANIFEST}`)
  const api = wire === 'anthropic-vertex' ? 'anthropic-messages' : wire
  const { exchanges } = readShared(MANIFEST) as { exchanges: Entry[] }
  const bodies = exchanges
    .filter(({ stream, status, ...entry }) => entry.api === api && stream && status === 200 && says(entry.expected))
    .map(({ file }) => readShared(`providers/dev/${file}`).response.body as string)
  return bodies.toSorted((a, b) => a.length - b.length)[0] ?? ''
}

/** A provider whose server says what it is told to; `run` lets nothing through but an answer and a Fault. */
function serving(wire: WireName, good: string) {
  let next = { status: 200, body: Buffer.from('') }
  const fetch: HttpFetch = async () => {
    const { status, body } = next
    return {
      status,
      headers: { get: () => undefined },
      body: (async function* () {
        yield new Uint8Array(body)
      })(),
    }
  }
  const provider = speaking(wire, fetch)
  const say = (body: string | Uint8Array, status = 200) => {
    next = { status, body: Buffer.from(body as string) }
    return run(provider)
  }
  const stillWorks = async () => {
    const { finished, fault } = await say(good)
    expect(fault).toBeUndefined()
    expect(finished?.parts).not.toEqual([])
  }
  return { say, stillWorks }
}

const asEvent = (bytes: Buffer) => Buffer.concat([Buffer.from('data: '), bytes, Buffer.from('\n\n')])

describe.each(WIRE_NAMES)('a server that should speak %s', (wire) => {
  it('may say any text of the JSON suite, as a body, an event, a refusal', { timeout: 60_000 }, async (ctx) => {
    const good = goodAnswer(ctx, wire)
    const { say, stillWorks } = serving(wire, good)
    const cases = jsonSuite(ctx)
    expect(cases.length).toBe(318)
    for (const { name, bytes } of cases) {
      for (const body of [bytes, asEvent(bytes), Buffer.concat([Buffer.from(good.slice(0, 120)), asEvent(bytes)])])
        expect((await say(body)).fault?.code, name).toMatch(/^(provider_error|stream_cut|refused|context_overflow)$/)
      for (const status of [400, 401, 429, 500]) {
        const { fault } = await say(bytes, status)
        expect(fault?.message.length, name).toBeLessThan(2_000)
      }
      await stillWorks()
    }
  })

  it('may answer with any of the event streams of the standard', async (ctx) => {
    if (!hasShared(SSE_CASES)) ctx.skip(`needs shared data: ${SSE_CASES}`)
    const { say, stillWorks } = serving(wire, goodAnswer(ctx, wire))
    for (const { name, input } of readShared(SSE_CASES).cases as { name: string; input: string }[]) {
      expect((await say(input)).fault?.code, name).toMatch(/^(provider_error|stream_cut)$/)
      await stillWorks()
    }
  })

  it('may break a good answer at random: an answer or a Fault, and the next call works', async (ctx) => {
    const good = goodAnswer(ctx, wire)
    const { say, stillWorks } = serving(wire, good)
    const seen = { answers: 0, faults: 0 }
    await fc.assert(
      fc.asyncProperty(mutationOf(Buffer.from(good)), async (body) => {
        const { fault } = await say(body)
        if (fault === undefined) seen.answers++
        else seen.faults++
        await stillWorks()
      }),
      { numRuns: 500 },
    )
    expect(Math.min(seen.answers, seen.faults)).toBeGreaterThan(20)
  })
})

it('arguments of a call stay as the server wrote them, JSON or not', async (ctx) => {
  const { say } = serving('openai-chat', '')
  for (const { name, bytes } of jsonSuite(ctx)) {
    const args = bytes.toString('utf8')
    const start = { index: 0, id: 'call_a', type: 'function', function: { name: 'echo', arguments: args } }
    const outcome = await say(sse(delta({ tool_calls: [start] }), delta({}, 'tool_calls'), '[DONE]'))
    const [call] = partsOf(outcome, 'call')
    expect(call?.argsText, name).toBe(args.trim() === '' ? '' : args)
  }
})

/** Bytes with one thing wrong: cut, changed, doubled, or with a value of JSON replaced by another. */
function mutationOf(good: Buffer): fc.Arbitrary<Buffer> {
  const at = fc.nat(good.length - 1)
  const lines = good.toString('utf8').split('\n')
  const line = fc.nat(lines.length - 1)
  const joined = (some: readonly string[]) => Buffer.from(some.join('\n'))
  return fc.oneof(
    at.map((place) => good.subarray(0, place)),
    fc.tuple(at, fc.uint8Array({ maxLength: 4 })).map(([place, bytes]) => {
      const copy = Buffer.from(good)
      copy.set(bytes.subarray(0, copy.length - place), place)
      return copy
    }),
    fc.tuple(line, line).map(([from, to]) => joined(lines.toSpliced(to, 0, lines[from] ?? ''))),
    line.map((place) => joined(lines.toSpliced(place, 1))),
    fc.tuple(fc.nat(200), fc.jsonValue()).map(([place, value]) => {
      const values = [...good.toString('utf8').matchAll(/(?<=":)(?:"[^"]*"|\d+|\[\]|\{\})/g)]
      const hit = values[place % values.length]
      if (hit === undefined) return good
      const text = good.toString('utf8')
      return Buffer.from(text.slice(0, hit.index) + JSON.stringify(value) + text.slice(hit.index + hit[0].length))
    }),
  )
}
