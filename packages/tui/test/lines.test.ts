import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { graphemes, textWidth } from '../dist/drawn/width.js'
import { wrap } from '../dist/drawn/wrap.js'
import { cleanLine, cleanLines } from '../dist/said/clean.js'
import { vtScreen } from './support/vt-screen.ts'

const FORBIDDEN = /[\p{Cc}\p{Bidi_Control}\u200b\ufeff\u2028\u2029]|\p{Cs}/u
const ASCII = fc.string({ unit: fc.constantFrom(...' abcdefgh-.~!'), maxLength: 120 })
const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom('漢', '👩‍👩‍👧', 'é', ' ', 'word', '\u001b[31m', '🇩🇪'),
    fc.string({ unit: 'binary', maxLength: 1 }),
  ),
})

describe('text of others', () => {
  it.each([
    ['red \u001b[1;31mtext\u001b[0m', 'red text'],
    ['\u001b]0;a title\u0007shown', 'shown'],
    ['\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u009b2Jclear', 'clear'],
    ['\u001b\u001b[m[2Jnested', '[2Jnested'],
    ['rm \u202egpj.exe', 'rm gpj.exe'],
    ['a\tb', 'a    b'],
    ['half \ud83d', 'half \ufffd'],
    ['👩‍👩‍👧 e\u0301 ☀️', '👩‍👩‍👧 e\u0301 ☀️'],
  ])('%j is shown without what could do harm', (text, clean) => {
    expect(cleanLine(text)).toBe(clean)
  })

  it('never holds a control character, however naughty', () => {
    fc.assert(fc.property(anyText, (text) => cleanLines(text).every((shown) => !FORBIDDEN.test(shown))))
  })

  it('keeps its first lines as they are when more follows', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, more) => {
        const before = cleanLines(text).slice(0, -1)
        expect(cleanLines(text + more).slice(0, before.length)).toEqual(before)
      }),
    )
  })

  it('of the list of naughty strings is harmless, and fits the rows that it is given', (ctx) => {
    const strings = naughtyStrings()
    if (strings === undefined) return ctx.skip('needs shared data: badinput/strings/naughty-strings.json')
    expect(strings.length).toBeGreaterThan(500)
    for (const text of strings) {
      const screen = vtScreen(40, 24)
      for (const shown of cleanLines(text)) {
        expect(shown).not.toMatch(FORBIDDEN)
        for (const row of wrap({ text: shown, hang: 2 }, 39)) screen.write(`${row}\r\n`)
      }
    }
  })
})

describe('a width', () => {
  it('of ASCII is its length', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => textWidth(text) === text.length))
  })

  it.each([
    ['漢字', 4],
    ['한국', 4],
    ['ｆｕｌｌ', 8],
    ['e\u0301', 1],
    ['🐚', 2],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['☀️', 2],
    ['…›●⤺✗', 5],
  ])('of %s is %i', (text, width) => {
    expect(textWidth(text)).toBe(width)
  })

  it('is never less than that of the ASCII characters in a text', () => {
    fc.assert(
      fc.property(
        anyText,
        (text) => textWidth(cleanLine(text)) >= (cleanLine(text).match(/[ -~](?![\u200d\ufe0f\p{M}])/gu)?.length ?? 0),
      ),
    )
  })
})

describe('wrapping', () => {
  it('gives rows that fit, and loses nothing but the spaces where it breaks', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 10, max: 60 }), fc.integer({ min: 0, max: 6 }), (text, width, hang) => {
        const shown = cleanLine(text)
        const rows = wrap({ text: shown, hang }, width)
        for (const row of rows) if (graphemes(row.trim()).length > 1) expect(textWidth(row)).toBeLessThanOrEqual(width)
        expect(rows.join('').replaceAll(' ', '')).toBe(shown.replaceAll(' ', ''))
      }),
    )
  })

  it('breaks between words only, where they fit, and keeps an indentation', () => {
    fc.assert(
      fc.property(ASCII, (text) => {
        const words = text.split(/ +/u).filter((word) => word !== '' && word.length <= 20)
        const rows = wrap({ text: words.join(' '), hang: 2 }, 24)
        expect(rows.flatMap((row) => row.trim().split(/ +/u)).filter((word) => word !== '')).toEqual(words)
      }),
    )
    expect(wrap({ text: '    let x', hang: 0 }, 20)).toEqual(['    let x'])
    expect(wrap({ text: '    a long line of code here', hang: 4 }, 20)).toEqual(['    a long line of', '    code here'])
  })
})

function naughtyStrings(): string[] | undefined {
  const file = new URL('../../../../shared/testdata/badinput/strings/naughty-strings.json', import.meta.url)
  try {
    const { strings } = JSON.parse(readFileSync(file, 'utf8')) as { strings: string[] }
    return strings
  } catch {
    return undefined
  }
}
