import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Key, keyDecoder } from '../dist/keys.js'

const bytes = (text: string) => new TextEncoder().encode(text)
const decoded = (chunks: readonly Uint8Array[]): Key[] => {
  const decode = keyDecoder()
  return chunks.flatMap((chunk) => decode(chunk))
}
/** Text that came in pieces is the same text. */
function joined(keys: readonly Key[]): Key[] {
  const all: Key[] = []
  for (const key of keys) {
    const last = all.at(-1)
    if (key.type === 'text' && last?.type === 'text') all.splice(-1, 1, { type: 'text', text: last.text + key.text })
    else all.push(key)
  }
  return all
}

describe('keys', () => {
  it.each<[string, Key[]]>([
    ['hé漢🐚', [{ type: 'text', text: 'hé漢🐚' }]],
    ['\r', [{ type: 'enter' }]],
    ['\n', [{ type: 'enter' }]],
    ['\u001b\r', [{ type: 'newline' }]],
    ['\u007f\b', [{ type: 'backspace' }, { type: 'backspace' }]],
    ['\u001b[A\u001b[B\u001bOC\u001b[1;5D', [{ type: 'up' }, { type: 'down' }, { type: 'right' }, { type: 'left' }]],
    ['\u001b[H\u001b[4~\u001bOH\u001b[3~', [{ type: 'home' }, { type: 'end' }, { type: 'home' }, { type: 'delete' }]],
    [
      '\u0003\u0004',
      [
        { type: 'control', letter: 'c' },
        { type: 'control', letter: 'd' },
      ],
    ],
    ['\u001b[15~\u001b[[Ax', [{ type: 'text', text: 'x' }]],
    ['\u001bhello', [{ type: 'text', text: 'hello' }]],
  ])('of %j', (text, keys) => {
    expect(decoded([bytes(text)])).toEqual(keys)
  })

  it('of a paste are one, with plain newlines and without controls', () => {
    expect(decoded([bytes('\u001b[200~a\r\nb\tc\u001b[31m\rd\u001b[201~\r')])).toEqual([
      { type: 'paste', text: 'a\nb\tc[31m\nd' },
      { type: 'enter' },
    ])
  })

  it('are the same however the bytes are cut', () => {
    const piece = fc.constantFrom(
      'a',
      '漢',
      '🐚',
      '\r',
      '\u001b[A',
      '\u001b[3~',
      '\u001bOF',
      '\u001b[200~x\ry🐚\u001b[201~',
      '\u0003',
      '\u007f',
      '\u001b[1;5C',
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        (pieces, sizes) => {
          const all = bytes(pieces.join(''))
          const chunks: Uint8Array[] = []
          for (let at = 0; at < all.length; at += chunks.at(-1)?.length ?? 1)
            chunks.push(all.subarray(at, at + (sizes[chunks.length % sizes.length] ?? 1)))
          expect(joined(decoded(chunks))).toEqual(joined(decoded([all])))
        },
      ),
    )
  })
})
