import fc from 'fast-check'
import { expect, it } from 'vitest'
import { graphemeEnd, graphemeStart, textWidth } from '../dist/drawn/width.js'

const text = fc.string({
  unit: fc.constantFrom(
    ...['a', 'b', ' ', '\n', '\r', '漢', 'e\u0301', '\u0301', '👩‍👩‍👧', '\u200d', '🇩', '\u0600', '→', 'क्षि', '\ud83d'],
  ),
  maxLength: 20,
})

it('the bounds of a character are where Unicode has them', () => {
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
  fc.assert(
    fc.property(text, fc.nat(), (said, where) => {
      fc.pre(said.length > 0)
      const at = where % said.length
      const part = segmenter.segment(said).containing(at)
      expect(graphemeStart(said, at)).toBe(part?.index)
      expect(graphemeEnd(said, at)).toBe((part?.index ?? 0) + (part?.segment.length ?? 0))
    }),
    { numRuns: 1000 },
  )
})

/** As string-width 9 has them, and terminals that follow Unicode 16. */
it.each([
  ['👍🏽 👨‍👩‍👧‍👦 🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣ ❤️ ✅ ⭐', 23],
  ['❤ ✔ ☑ ☐ ⚠ © ™ ½ ·', 17],
  ['e\u0301 か\u3099 각 한 ﷺ ｶ', 14],
  ['│ ─ ∴ ┊ • ● › … ⤺ ✗ ☐ ☑', 23],
])('%s is as wide as it is drawn', (said, width) => {
  expect(textWidth(said)).toBe(width)
})
