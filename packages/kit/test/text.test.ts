import { cutHead, cutTail, headAndTail, utf8Length } from '@nacre/kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const encoder = new TextEncoder()
const bytesOf = (text: string) => encoder.encode(text).length
const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom('🐚', 'é', '€', 'a', '\n', '\ud83d', '\udc1a'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 200,
})
const bound = fc.integer({ min: 0, max: 300 })

describe('cutting text at a number of UTF-8 bytes', () => {
  it('gives whole emoji at every cut', () => {
    const shells = '🐚'.repeat(4)
    for (let bytes = 0; bytes <= 20; bytes++) {
      const whole = '🐚'.repeat(Math.min(4, Math.floor(bytes / 4)))
      expect(cutHead(shells, bytes)).toBe(whole)
      expect(cutTail(shells, bytes)).toBe(whole)
      expect(cutHead(`a${shells}`, bytes + 1)).toBe(`a${whole}`)
      expect(cutTail(`${shells}a`, bytes + 1)).toBe(`${whole}a`)
    }
  })

  it('counts bytes as an encoder does', () => {
    fc.assert(fc.property(anyText, (text) => utf8Length(text) === bytesOf(text)))
  })

  it('cuts a beginning that fits, and that one more character would not', () => {
    fc.assert(
      fc.property(anyText, bound, (text, max) => {
        const head = cutHead(text, max)
        const next = [...text.slice(head.length)][0]
        expect(text.startsWith(head)).toBe(true)
        expect([...head]).toEqual([...text].slice(0, [...head].length))
        expect(bytesOf(head)).toBeLessThanOrEqual(max)
        if (next !== undefined) expect(bytesOf(head) + bytesOf(next)).toBeGreaterThan(max)
      }),
    )
  })

  it('cuts an end that fits, and that one more character would not', () => {
    fc.assert(
      fc.property(anyText, bound, (text, max) => {
        const tail = cutTail(text, max)
        const before = [...text.slice(0, text.length - tail.length)].at(-1)
        expect(text.endsWith(tail)).toBe(true)
        expect(bytesOf(tail)).toBeLessThanOrEqual(max)
        if (before !== undefined) expect(bytesOf(before) + bytesOf(tail)).toBeGreaterThan(max)
        if (text.isWellFormed()) expect(tail.isWellFormed()).toBe(true)
      }),
    )
  })
})

describe('head and tail', () => {
  it('leaves a text that fits alone', () => {
    expect(headAndTail('🐚'.repeat(16), 64)).toBe('🐚'.repeat(16))
  })

  it('says how many bytes it left out', () => {
    expect(headAndTail(`${'a'.repeat(500)}${'z'.repeat(500)}`, 64)).toBe(
      'aaaaaaaa\n[... 984 bytes left out ...]\nzzzzzzzz',
    )
  })

  it('stays within its bound, and head, marker and tail add up to the text', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 64, max: 200 }), (text, max) => {
        const cut = headAndTail(text, max)
        expect(bytesOf(cut)).toBeLessThanOrEqual(max)
        if (cut === text) return
        const marker = /\n\[\.\.\. (\d+) bytes left out \.\.\.\]\n/.exec(cut)
        const kept = bytesOf(cut) - bytesOf(marker?.[0] ?? '')
        expect(kept + Number(marker?.[1])).toBe(bytesOf(text))
      }),
    )
  })

  it('refuses a bound that has no room for the marker', () => {
    expect(() => headAndTail('text', 63)).toThrow(RangeError)
  })
})

describe("the platform's own streaming decoder, which needs no helper of ours", () => {
  it('keeps characters whole however their bytes are split', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
        (text, sizes) => {
          const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
          const bytes = encoder.encode(text)
          let out = ''
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const size = sizes[turn % sizes.length] ?? 1
            const piece = decoder.decode(bytes.subarray(at, at + size), { stream: true })
            if (!text.includes('\ufffd')) expect(piece.includes('\ufffd')).toBe(false)
            out += piece
            at += size
          }
          expect(out + decoder.decode()).toBe(text)
        },
      ),
    )
  })
})
