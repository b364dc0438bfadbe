import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCapture } from '../src/capture.js'
import { bytesOf } from './support/place.js'

const LIMIT = 256

/** Everything `chunks` come to: what was shown as it came, and what was kept. */
function capture(chunks: readonly Uint8Array[], limit = LIMIT) {
  const shown: string[] = []
  const kept = createCapture(limit, (text) => shown.push(text))
  for (const chunk of chunks) kept.write(chunk)
  return { ...kept.end(), shown }
}

const split = (bytes: Uint8Array, sizes: readonly number[]) => {
  const chunks: Uint8Array[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

describe('captured output', () => {
  it('keeps an emoji whole at every cut, as it comes and in the end', () => {
    const bytes = bytesOf('a🐚b')
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { text, shown } = capture([bytes.subarray(0, cut), bytes.subarray(cut)])
      expect(text).toBe('a🐚b')
      expect(shown.join('')).toBe('a🐚b')
      expect(shown.every((piece) => !piece.includes('\ufffd'))).toBe(true)
    }
  })

  it('shows what is no UTF-8 as such, also at the very end', () => {
    expect(capture([new Uint8Array([0x61, 0xff, 0x62])]).text).toBe('a\ufffdb')
    expect(capture([new Uint8Array([0x61, 0xf0, 0x9f])]).text).toBe('a\ufffd')
  })

  it('keeps the order when a character that does not fit the head is followed by one that would', () => {
    const parts = ['x'.repeat(103), '🐚', 'y']
    expect(capture(parts.map(bytesOf)).text).toBe(parts.join(''))
  })

  it('keeps all that fits, to the byte', () => {
    expect(capture([bytesOf('x'.repeat(LIMIT))])).toMatchObject({ text: 'x'.repeat(LIMIT), droppedBytes: 0 })
    const over = capture([bytesOf('x'.repeat(LIMIT + 1))])
    expect(over.text).toMatch(/^x+\n\[\.\.\. \d+ bytes left out \.\.\.\]\nx+$/)
  })

  it('holds its bound in a long text of short pieces', () => {
    const limit = 128 * 1024
    const said = bytesOf(Array.from({ length: 40_000 }, (_, n) => `${n}🐚`).join('\n'))
    const { text, droppedBytes } = capture(split(said, [7, 1]), limit)
    const [head = '', tail = ''] = text.split(`\n[... ${droppedBytes} bytes left out ...]\n`)
    expect(bytesOf(text).length).toBeLessThanOrEqual(limit)
    expect(bytesOf(text).length).toBeGreaterThan(limit - 100)
    expect(head).toMatch(/^0🐚\n1🐚\n/u)
    expect(tail).toMatch(/\n39998🐚\n39999🐚$/u)
    expect(bytesOf(head).length + bytesOf(tail).length + droppedBytes).toBe(said.length)
  })

  it('holds its bound, and head, tail and what was dropped add up, however the bytes come', () => {
    const text = fc.string({ unit: fc.constantFrom('🐚', 'é', 'a', '\n'), maxLength: 2_000 })
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (said, sizes) => {
        const { text, droppedBytes, shown } = capture(split(bytesOf(said), sizes))
        expect(shown.join('')).toBe(said)
        expect(bytesOf(text).length).toBeLessThanOrEqual(LIMIT)
        expect(droppedBytes > 0).toBe(bytesOf(said).length > LIMIT)
        const [head = '', tail = ''] = text.split(`\n[... ${droppedBytes} bytes left out ...]\n`)
        expect(said.startsWith(head) && said.endsWith(tail)).toBe(true)
        expect(bytesOf(head).length + bytesOf(tail).length + droppedBytes).toBe(bytesOf(said).length)
      }),
    )
  })
})
