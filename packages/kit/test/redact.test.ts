import { createRedactor, type Redactor } from '@nacre/kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMatcher, type Reading } from '../src/matcher.ts'
import { cutAt, mixed, spellingsIn } from './spelled.js'

const KEY = 'sk-proj/7f3a+9c_"é🐚'
const MARKER = '[redacted:local.api_key]'
const redactorOf = (...values: string[]) => createRedactor(values.map((value) => ({ name: 'local.api_key', value })))
const redactor = redactorOf(KEY)

/** What a stream makes of these chunks, as text. */
function streamed(by: Redactor, chunks: readonly Uint8Array[]): string {
  const { push, end } = by.stream()
  // Copied at once: a view that is changed later would be seen.
  return Buffer.concat([...chunks.map((chunk) => Buffer.from(push(chunk))), Buffer.from(end())]).toString()
}

// No secret begins or ends with these, so nothing can run on into what stands around it.
const stranger = fc.string({
  unit: fc.constantFrom('a', 'Z', '0', '%', '\\', '"', 'é', '🐚', '\n', 'u00', '+', '='),
  maxLength: 40,
})
const around = stranger.map((text) => `\n${text}\n`)
const anySecret = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }),
    fc.constantFrom('é', '🐚', '/', '"', '%', '\\'),
  ),
  minLength: 8,
  maxLength: 40,
})
const cuts = fc.array(fc.nat(), { maxLength: 8 })

describe('a known secret', () => {
  it.each(spellingsIn(KEY))('is taken out of a text: $how', ({ before, spelled, after }) => {
    expect(redactor.text(`${before}${spelled}${after}`)).toBe(`${before}${MARKER}${after}`)
    expect(redactor.text(`see ${before}${spelled}${after}.`)).toBe(`see ${before}${MARKER}${after}.`)
  })

  it.each(spellingsIn(KEY))(
    'is taken out of a stream that is cut anywhere in it: $how',
    ({ before, spelled, after }) => {
      const bytes = Buffer.from(`{"a":"${before}${spelled}${after}"}`)
      for (let cut = 0; cut <= bytes.length; cut += 1) {
        expect(streamed(redactor, cutAt(bytes, [cut]))).toBe(`{"a":"${before}${MARKER}${after}"}`)
      }
      expect(
        streamed(
          redactor,
          [...bytes].map((byte) => Uint8Array.of(byte)),
        ),
      ).toBe(`{"a":"${before}${MARKER}${after}"}`)
    },
  )

  it('is taken out in every spelling, of any text, at any cuts, and nothing else is', () => {
    const planted = anySecret.chain((secret) =>
      fc.tuple(
        fc.constant(secret),
        fc.oneof(
          fc.constantFrom(...spellingsIn(secret)),
          mixed(secret).map((spelled) => ({ before: '', spelled, after: '' })),
        ),
      ),
    )
    fc.assert(
      fc.property(planted, around, around, cuts, ([secret, { before, spelled, after }], left, right, places) => {
        const by = redactorOf(secret)
        const [head, tail] = [left + before, after + right]
        fc.pre(by.text(head) === head && by.text(tail) === tail)
        const text = head + spelled + tail
        expect(by.text(text)).toBe(head + MARKER + tail)
        expect(streamed(by, cutAt(Buffer.from(text), places))).toBe(head + MARKER + tail)
      }),
      { numRuns: 2000 },
    )
  })

  it('is named, each by its own name, when one is part of the other or they overlap', () => {
    const named = (...pairs: (readonly [string, string])[]) =>
      createRedactor(pairs.map(([name, value]) => ({ name, value })))
    const nested = named(['short', 'abcdefgh'], ['long', 'abcdefghij'])
    expect(nested.text('.abcdefgh. .abcdefghij. .abcdefghi.')).toBe(
      '.[redacted:short]. .[redacted:long]. .[redacted:short]i.',
    )
    const outer = named(['inner', 'cdefghij'], ['outer', 'abcdefghijkl'])
    expect(outer.text('abcdefghijkl')).toBe('[redacted:outer]')
    expect(streamed(outer, cutAt(Buffer.from('abcdefghijkl'), [10, 11]))).toBe('[redacted:outer]')
    expect(named(['left', 'abcdefgh'], ['right', 'ghijklmn']).text('.abcdefghijklmn.')).toBe(
      '.[redacted:left][redacted:right].',
    )
    expect(redactorOf('abcabcab').text('.abcabcabcabcab.abcabcababcabcab.')).toBe(`.${MARKER}.${MARKER}${MARKER}.`)
  })

  it('that is too short, or part of the marker, is not looked for, and the reason never shows it', () => {
    const by = createRedactor([
      { name: 'pin', value: '1234567' },
      { name: 'odd', value: 'redacted' },
      { name: 'ok', value: '12345678' },
    ])
    expect(by.text('1234567 redacted 12345678')).toBe('1234567 redacted [redacted:ok]')
    expect(by.ignored.map(({ name }) => name)).toEqual(['pin', 'odd'])
    expect(by.ignored[0]?.reason).toContain('fewer than 8 characters')
    expect(JSON.stringify(by.ignored)).not.toContain('1234567')
  })

  it('leaves a marker that breaks neither JSON nor a header, whatever its name', () => {
    expect(createRedactor([{ name: 'a "b"\n]é', value: KEY }]).text(KEY)).toMatch(/^\[redacted:[\w.-]+\]$/)
  })
})

describe('what is no secret', () => {
  const others = fc.oneof(
    fc.uuid(),
    fc.stringMatching(/^[0-9a-f]{40}$/),
    fc.stringMatching(/^(\/[a-z0-9_.-]{1,12}){1,6}$/),
    fc.constantFrom(
      'claude-opus-4-5-20251101',
      'gpt-4o-mini',
      'C:\\Users\\me',
      '\\u0073\\u006b\\u002d',
      '%73%6b-proj',
      'sk-proj/7f3a+9c_',
    ),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    fc.json(),
    stranger,
  )

  it('passes byte for byte: UUIDs, paths, commits, model names, base64 of other data, JSON', () => {
    fc.assert(
      fc.property(fc.array(others), cuts, (parts, places) => {
        const text = parts.join(' ')
        expect(redactor.text(text)).toBe(text)
        expect(streamed(redactor, cutAt(Buffer.from(text), places))).toBe(text)
      }),
      { numRuns: 1000 },
    )
  })

  it('passes byte for byte where it is no text at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), cuts, (bytes, places) => {
        const { push, end } = redactor.stream()
        const out = Buffer.concat([
          ...cutAt(bytes, places).map((chunk) => Buffer.from(push(chunk))),
          Buffer.from(end()),
        ])
        expect(out).toEqual(Buffer.from(bytes))
      }),
    )
  })

  it('passes with its byte order mark', () => {
    expect(redactor.text('\ufeffplain')).toBe('\ufeffplain')
  })

  it('passes at once: an event of a stream never waits for the next', () => {
    const { push } = redactor.stream()
    for (const content of ['Hello', ' sk-proj', ' \\u0073', ' %73', KEY, 'c2s', '"']) {
      const event = Buffer.from(`data: ${JSON.stringify({ delta: { content } })}\n\n`)
      expect(Buffer.from(push(event)).toString().endsWith('}\n\n')).toBe(true)
    }
    expect(push(Buffer.from('no more of the s'))).toHaveLength(15)
    expect(Buffer.from(push(Buffer.from('ea'))).toString()).toBe('sea')
  })

  it('waits no longer than the longest spelling, whatever a stranger sends', () => {
    const longest = KEY.length * 13
    const teasers = [...spellingsIn(KEY).map(({ spelled }) => spelled.slice(0, -1)), '\\', '%', '%25', '\\u', 's', 'é']
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...teasers), { maxLength: 30 }), cuts, (parts, places) => {
        const { push } = redactor.stream()
        let waiting = 0
        for (const chunk of cutAt(Buffer.from(parts.join('')), places)) {
          waiting += chunk.length - push(chunk).length
          expect(waiting).toBeLessThanOrEqual(longest)
        }
      }),
    )
  })
})

it('keeps one reading a place, where backslashes can be parted in thousands of ways', () => {
  const matcher = createMatcher([{ name: 'backslashes', value: '\\'.repeat(12) }])
  let readings: readonly Reading[] = []
  for (let at = 0; at < 16; at += 1) {
    readings = matcher.read(readings, '\\'.charCodeAt(0), at, () => undefined)
    expect(readings.length).toBeLessThan(500)
  }
})

it('costs time in step with the text, for secrets and texts that repeat themselves too', () => {
  const event = `data: {"id":"chatcmpl-5f0c8a4e-9b1d","choices":[{"delta":{"content":"The quick\\nfox in /usr/local/bin"}}]}\n\n`
  const rate = (by: Redactor, text: string, rounds: number) => {
    const { push } = by.stream()
    const chunk = Buffer.from(text.repeat(Math.ceil(16_384 / text.length)))
    const startedAt = performance.now()
    for (let round = 0; round < rounds; round += 1) push(chunk)
    return `${((chunk.length * rounds) / 1e3 / (performance.now() - startedAt)).toFixed(1)} MB/s`
  }
  const three = redactorOf(KEY, 'xai-982hf98h2398fh239f8h', 'AIzaSyD-9tSrke72PouQMnMX')
  console.info('a redacted stream:', {
    'of one key': rate(redactor, event, 1000),
    'of three keys': rate(three, event, 1000),
    'of 64 times the same letter, in such text': rate(redactorOf('a'.repeat(64)), 'a', 4),
  })
})
