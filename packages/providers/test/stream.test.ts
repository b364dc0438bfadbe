import type { HttpFetch } from '@nacre/providers'
import type { ModelEvent } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addWord, newText, wholeText } from '../dist/grown-text.js'
import { lazyIterator } from '../dist/lazy-iterator.js'
import { newUtf8 } from '../dist/utf8.js'
import { ASK, delta, speaking, sse } from './support.js'

const bytes = (...chunks: unknown[]) => new TextEncoder().encode(sse(...chunks))
const word = (content: string) => bytes(delta({ content }))
const END = bytes(delta({}, 'stop'), '[DONE]')
const never = new Promise<never>(() => {})

/** An answer in these chunks, `hang` for one that never comes; it notes what it was asked for. */
function answering(...chunks: readonly (Uint8Array | 'hang' | Error)[]) {
  const seen = { requests: 0, reads: 0, closed: false }
  const fetch: HttpFetch = async (_, { signal }) => {
    seen.requests += 1
    signal.addEventListener('abort', () => {
      seen.closed = true
    })
    const next = async (): Promise<IteratorResult<Uint8Array>> => {
      const chunk = chunks[seen.reads++]
      if (chunk instanceof Error) throw chunk
      if (chunk === 'hang') return never
      return chunk === undefined ? { done: true, value: undefined } : { done: false, value: chunk }
    }
    return { status: 200, headers: { get: () => undefined }, body: { [Symbol.asyncIterator]: () => ({ next }) } }
  }
  const stop = new AbortController()
  const events = speaking('openai-chat', fetch).generate(ASK, { signal: stop.signal })[Symbol.asyncIterator]()
  return { events, seen, stop }
}

const text = (said: string): IteratorResult<ModelEvent> => ({ done: false, value: { type: 'text', text: said } })
const DONE = { done: true, value: undefined }

describe('an answer that is pulled', () => {
  test('is asked for with the first event, and read no further than it must', async () => {
    const { events, seen } = answering(word('a'), word('b'), END)
    expect(seen.requests).toBe(0)
    expect(await events.next()).toEqual(text('a'))
    expect(seen).toMatchObject({ requests: 1, reads: 1 })
    expect(await events.next()).toEqual(text('b'))
    expect(seen).toMatchObject({ requests: 1, reads: 2 })
  })

  test('reads on over chunks in which nothing is visible', async () => {
    const ping = new TextEncoder().encode(': ping\n\n')
    const { events, seen } = answering(ping, ping, ping, word('a'))
    expect(await events.next()).toEqual(text('a'))
    expect(seen.reads).toBe(4)
  })

  test('comes in order to who asks for many events at once', async () => {
    const { events } = answering(word('a'), word('b'), END)
    const asked = [events.next(), events.next(), events.next(), events.next(), events.next()]
    const [first, second, third, ...rest] = await Promise.all(asked)
    expect([first, second]).toEqual([text('a'), text('b')])
    expect(third?.value).toMatchObject({ type: 'finished' })
    expect(rest).toEqual([DONE, DONE])
  })

  test('gives what had come, then its fault, then nothing', async () => {
    const broken = Object.assign(new Error('reset'), { code: 'ECONNRESET' })
    const { events, seen } = answering(word('a'), bytes(delta({ content: 'b' }), '{boom'), broken)
    expect(await events.next()).toEqual(text('a'))
    expect(await events.next()).toEqual(text('b'))
    // What comes after a fault is not waited for.
    expect(seen.closed).toBe(true)
    await expect(events.next()).rejects.toMatchObject({ code: 'provider_error' })
    expect(await events.next()).toEqual(DONE)
  })

  test.each([{ error: { message: 'too busy' } }, '[DONE]'])('is read no further than %j', async (last) => {
    const { events } = answering(bytes(delta({ content: 'a' }, 'stop'), last, delta({ content: 'b' })), 'hang')
    expect(await events.next()).toEqual(text('a'))
    const end = await events.next().catch((error: unknown) => error)
    if (last === '[DONE]') expect(end).toMatchObject({ value: { type: 'finished', parts: [{ text: 'a' }] } })
    else expect(end).toMatchObject({ code: 'provider_error', message: expect.stringContaining('too busy') })
  })

  test('is left in mid-wait: who waits gets no event, and the connection is closed', async () => {
    const { events, seen } = answering(word('a'), 'hang')
    await events.next()
    const waiting = events.next()
    expect(await events.return?.()).toEqual(DONE)
    expect(await waiting).toEqual(DONE)
    expect(seen.closed).toBe(true)
    expect(await events.next()).toEqual(DONE)
  })

  test('is cancelled in mid-wait and between its events, once', async () => {
    const waiting = answering(word('a'), 'hang')
    await waiting.events.next()
    const next = waiting.events.next()
    waiting.stop.abort()
    await expect(next).rejects.toMatchObject({ code: 'cancelled' })
    expect(await waiting.events.next()).toEqual(DONE)
    const between = answering(bytes(delta({ content: 'a' }), delta({}, 'stop'), '[DONE]'))
    await between.events.next()
    between.stop.abort()
    await expect(between.events.next()).rejects.toMatchObject({ code: 'cancelled' })
    expect(await between.events.next()).toEqual(DONE)
  })

  test('is not cancelled any more when its last event was taken', async () => {
    const { events, stop } = answering(END)
    expect((await events.next()).value).toMatchObject({ type: 'finished' })
    stop.abort()
    expect(await events.next()).toEqual(DONE)
  })
})

describe('an iterator that is opened late', () => {
  const counted = () => {
    let opened = 0
    let returned = 0
    async function* numbers() {
      try {
        yield* [1, 2]
      } finally {
        returned += 1
      }
    }
    const late = lazyIterator(async () => {
      opened += 1
      return numbers()
    })
    return { late, seen: () => ({ opened, returned }) }
  }

  test('is opened once, by whoever asks first', async () => {
    const { late, seen } = counted()
    expect(await Promise.all([late.next(), late.next()])).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
    ])
    expect(seen()).toEqual({ opened: 1, returned: 0 })
    await late.return?.()
    expect(seen()).toEqual({ opened: 1, returned: 1 })
  })

  test('is never opened for who leaves before', async () => {
    const { late, seen } = counted()
    await late.return?.()
    expect(await late.next()).toEqual(DONE)
    expect(seen()).toEqual({ opened: 0, returned: 0 })
  })

  test('throws once what opening it throws', async () => {
    const late = lazyIterator(() => Promise.reject(new Error('no')))
    await expect(late.next()).rejects.toThrow('no')
    expect(await late.next()).toEqual(DONE)
  })
})

test('bytes are the same text however they are split', () => {
  const some = fc.oneof(
    fc.string({ unit: 'grapheme' }).map((one) => new TextEncoder().encode(one)),
    fc.uint8Array({ maxLength: 6 }),
  )
  fc.assert(
    fc.property(fc.array(some, { maxLength: 6 }), fc.array(fc.nat(60), { maxLength: 8 }), (parts, places) => {
      const all = Buffer.concat(parts)
      const ends = [...places, all.length].map((place) => Math.min(place, all.length)).toSorted((a, b) => a - b)
      const utf8 = newUtf8()
      const texts = ends.map((to, at) => utf8.text(all.subarray(ends[at - 1] ?? 0, to)))
      expect(texts.join('') + utf8.end()).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(all))
    }),
    { numRuns: 1000 },
  )
})

test('a text is its words, however many', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.boolean())), fc.nat(600), (words, more) => {
      const all = [...words, ...Array.from({ length: more }, (_, n) => [`${n} `, false] as const), ...words]
      const grown = newText()
      for (const [one, together] of all) addWord(grown, one, together)
      expect(wholeText(grown)).toBe(all.map(([one]) => one).join(''))
    }),
    { numRuns: 50 },
  )
})
