import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openSse, SSE_EVENT_LIMIT } from '../dist/sse.js'
import { hasShared, readShared } from './support.js'

type SseEvent = { event: string; data: string }
type Case = { name: string; input: string; events: SseEvent[] }
const CASES = 'badinput/sse/sse-cases.json'
const cases: Case[] = hasShared(CASES) ? readShared(CASES).cases : []

function* cut(bytes: Uint8Array, cuts: readonly number[]) {
  let from = 0
  for (const to of [...cuts, bytes.length].toSorted((a, b) => a - b)) {
    yield bytes.subarray(from, to)
    from = to
  }
}

async function read(bytes: Uint8Array, cuts: readonly number[] = []): Promise<SseEvent[]> {
  const events: SseEvent[] = []
  const feed = await openSse('test', (data, event) => events.push({ event, data }))
  for (const chunk of cut(bytes, cuts)) feed(chunk)
  return events
}

const everyByte = (bytes: Uint8Array) => Array.from(bytes, (_, at) => at)

describe('the event reader', () => {
  test('has the shared cases', (ctx) => {
    if (cases.length === 0) ctx.skip(`needs shared data: ${CASES}`)
    expect(cases.length).toBe(30)
  })

  test.each(cases)('reads $name as the standard says, whole and byte by byte', async ({ input, events }) => {
    const bytes = new TextEncoder().encode(input)
    const wanted = events.map(({ event, data }) => ({ event, data }))
    expect(await read(bytes)).toEqual(wanted)
    if (bytes.length < 70_000) expect(await read(bytes, everyByte(bytes))).toEqual(wanted)
  })

  const line = fc.oneof(
    fc.constantFrom(
      'data: {"a":1}',
      'data:',
      'data',
      ': ping',
      'event: x',
      'id: 7',
      'retry: 5',
      '',
      '',
      'data:  two',
      '\ufeffdata: b',
    ),
    fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `data: ${text}`),
    fc.string({ unit: 'binary', maxLength: 8 }),
  )
  const stream = fc
    .array(fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n')), { maxLength: 25 })
    .map((lines) => new TextEncoder().encode(lines.flat().join('')))

  test('gives the same events however the bytes are split', async () => {
    const split = fc.tuple(stream, fc.array(fc.nat(400), { maxLength: 30 }))
    await fc.assert(
      fc.asyncProperty(split, async ([bytes, places]) => {
        const whole = await read(bytes)
        expect(
          await read(
            bytes,
            places.map((place) => Math.min(place, bytes.length)),
          ),
        ).toEqual(whole)
        expect(await read(bytes, everyByte(bytes))).toEqual(whole)
      }),
      { numRuns: 300 },
    )
  })

  test.each(['data: ', 'data: x\ndata: ', ': '])('bounds what follows %j', async (start) => {
    const chunk = new Uint8Array(1 << 20).fill(0x78)
    let sent = 0
    function* endless() {
      yield new TextEncoder().encode(start)
      while (sent < 3 * SSE_EVENT_LIMIT) {
        sent += chunk.length
        yield chunk
      }
    }
    const reading = (async () => {
      const events: string[] = []
      const feed = await openSse('test', (data) => events.push(data))
      for (const chunk of endless()) feed(chunk)
      return events
    })()
    // A comment is thrown away as it comes, and needs no bound.
    if (start === ': ') return expect(await reading).toEqual([])
    await expect(reading).rejects.toMatchObject({ code: 'provider_error', retry: 'never' })
    expect(sent).toBeLessThanOrEqual(SSE_EVENT_LIMIT + chunk.length)
  })
})
