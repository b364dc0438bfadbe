import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chordOf } from '../dist/typed/chord.js'
import { type Key, keyDecoder } from '../dist/typed/keys.js'
import { PASTE_LIMIT, pasteBuffer } from '../dist/typed/paste-buffer.js'

const bytes = (text: string) => new TextEncoder().encode(text)
const decoded = (chunks: readonly Uint8Array[]): Key[] => {
  const decoder = keyDecoder()
  return [...chunks.flatMap((chunk) => decoder.feed(chunk)), ...decoder.flush()]
}
/** Presses as they are written, text and pastes in quotes. */
/** What the terminal answers is nothing that was typed. */
const written = (text: string): string[] =>
  decoded([bytes(text)])
    .filter(({ type }) => type !== 'reply')
    .map((key) => (key.type === 'press' ? chordOf(key) : `${key.type} ${JSON.stringify(key.text)}`))
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

const ESC = '\u001b'

describe('keys', () => {
  it.each<[string, string[]]>([
    ['hé漢🐚', ['text "hé漢🐚"']],
    ['\r\n\t', ['enter', 'ctrl-j', 'tab']],
    [`${ESC}\r${ESC}\n`, ['alt-enter', 'alt-enter']],
    ['\u007f\b', ['backspace', 'backspace']],
    ['\u0000\u0001\u001a\u001c\u001f', ['ctrl-space', 'ctrl-a', 'ctrl-z', 'ctrl-\\', 'ctrl-_']],
    [`${ESC}[A${ESC}[B${ESC}OC${ESC}[D`, ['up', 'down', 'right', 'left']],
    [`${ESC}[1;5D${ESC}[1;3C${ESC}[1;2A${ESC}[3;5~`, ['ctrl-left', 'alt-right', 'shift-up', 'ctrl-delete']],
    [`${ESC}[H${ESC}[4~${ESC}OH${ESC}[3~${ESC}[7~`, ['home', 'end', 'home', 'delete', 'home']],
    [`${ESC}[5~${ESC}[6~${ESC}[2~`, ['pageup', 'pagedown', 'insert']],
    [`${ESC}OP${ESC}[15~${ESC}[24~${ESC}[[Ax`, ['f1', 'f5', 'f12', 'f1', 'text "x"']],
    [`${ESC}[Z${ESC}[1;2Z`, ['shift-tab', 'shift-tab']],
    [`${ESC}hello`, ['alt-h', 'text "ello"']],
    [
      `${ESC}B${ESC}<${ESC}漢${ESC} ${ESC}\u007f${ESC}\u0001`,
      ['alt-shift-b', 'alt-<', 'alt-漢', 'alt-space', 'alt-backspace', 'ctrl-alt-a'],
    ],
    [ESC, ['escape']],
    [`${ESC}${ESC}`, ['escape', 'escape']],
    [`${ESC}${ESC}x`, ['escape', 'alt-x']],
    [`${ESC}${ESC}[A`, ['alt-up']],
    [`${ESC}[`, ['alt-[']],
    [`${ESC}O`, ['alt-shift-o']],
    [`${ESC}]`, ['alt-]']],
    [`${ESC}[12;`, []],
    // Focus, answers to questions, mouse, and what nobody knows.
    [`${ESC}[I${ESC}[O${ESC}[?1;2c${ESC}[24;80R${ESC}[<0;3;4Mx`, ['text "x"']],
    [
      `${ESC}]11;rgb:1e1e/1e1e/1e1e${ESC}\\x${ESC}]0;a\u0007${ESC}P>|xterm${ESC}\\${ESC}_Gi=1;OK${ESC}\\y`,
      ['text "x"', 'text "y"'],
    ],
    [`${ESC}[>4;2m${ESC}[?u${ESC}Oz${ESC}[99~`, []],
    // C1 controls that are no keys.
    ['a\u0085\u009bb', ['text "a"', 'text "b"']],
  ])('of %j', (text, keys) => {
    expect(written(text)).toEqual(keys)
  })

  it.each<[string, string[]]>([
    [`${ESC}[99;5u`, ['ctrl-c']],
    [`${ESC}[13;2u${ESC}[27u${ESC}[9;2u${ESC}[127;5u`, ['shift-enter', 'escape', 'shift-tab', 'ctrl-backspace']],
    [`${ESC}[97u${ESC}[97;2u${ESC}[97:65;2u${ESC}[97;2;196u`, ['text "a"', 'text "A"', 'text "A"', 'text "Ä"']],
    [`${ESC}[32u${ESC}[32;5u`, ['text " "', 'ctrl-space']],
    [`${ESC}[122;6u${ESC}[44:60;4u${ESC}[97;4u`, ['ctrl-shift-z', 'alt-<', 'alt-shift-a']],
    [`${ESC}[57400u${ESC}[57414u${ESC}[57419u${ESC}[57413u`, ['text "1"', 'enter', 'up', 'text "+"']],
    // A key that is let go, one that repeats, modifiers and locks of their own, Super.
    [`${ESC}[97;1:3u${ESC}[1;1:3A${ESC}[1;1:2A${ESC}[57441;2u${ESC}[97;65u${ESC}[97;9u`, ['up', 'text "a"']],
    [
      `${ESC}[27;5;13~${ESC}[27;2;13~${ESC}[27;5;44~${ESC}[27;6;90~`,
      ['ctrl-enter', 'shift-enter', 'ctrl-,', 'ctrl-shift-z'],
    ],
    [`${ESC}[1114112u${ESC}[55296u${ESC}[99999999999u${ESC}[u`, []],
  ])('of a terminal that says more: %j', (text, keys) => {
    expect(written(text)).toEqual(keys)
  })

  it('wait for what may follow an Escape, until a pause says that nothing does', () => {
    const decoder = keyDecoder()
    expect(decoder.feed(bytes(ESC))).toEqual([])
    expect(decoder.pending).toBe(true)
    expect(decoder.flush()).toMatchObject([{ name: 'escape' }])
    expect(decoder.pending).toBe(false)
    expect(decoder.feed(bytes('[A'))).toEqual([{ type: 'text', text: '[A' }])
    expect(decoder.feed(bytes(ESC))).toEqual([])
    expect(decoder.feed(bytes('[A'))).toMatchObject([{ name: 'up' }])
    expect(decoder.pending).toBe(false)
  })

  it('wait for the rest of a sequence that only a terminal can have begun', () => {
    const decoder = keyDecoder()
    for (const [begun, rest] of [
      ['[1', ';5C'],
      ['\u001b[1;', '5C'],
    ] as const) {
      expect(decoder.feed(bytes(ESC + begun))).toEqual([])
      expect(decoder.pending).toBe(false)
      expect(decoder.flush()).toEqual([])
      expect(decoder.feed(bytes(rest))).toMatchObject([{ name: 'right', ctrl: true }])
    }
  })

  it.each([ESC, `${ESC}[`])('of a paste that a slow line cut behind %j are not taken for typed ones', (cut) => {
    const decoder = keyDecoder()
    decoder.feed(bytes(cut))
    decoder.flush()
    const rest = `${ESC}[200~rm -rf /\r${ESC}[201~`.slice(cut.length)
    expect(decoder.feed(bytes(rest))).toMatchObject([{ type: 'paste', text: 'rm -rf /\n' }])
    expect(decoder.feed(bytes('[200~'))).toMatchObject([{ type: 'text' }])
  })

  it('of a sequence without an end are bounded: it is let go, and typing goes on', () => {
    for (const endless of ['[', ']', 'P', '_']) {
      const decoder = keyDecoder()
      for (let sent = 0; sent < 10_000; sent += 100)
        decoder.feed(bytes((sent === 0 ? ESC + endless : '') + '1'.repeat(100)))
      expect(decoder.pending).toBe(false)
      expect(decoder.feed(bytes('x')).at(-1)).toEqual({ type: 'text', text: 'x' })
    }
  })

  it('are the same however the bytes are cut', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'a',
        '漢',
        '🐚',
        '\r',
        '\n',
        '\t',
        '\u0003',
        '\u007f',
        '\u0000',
        '\u009b',
        '[',
        'O',
        ']',
        '~',
        ';',
        '5',
      ),
      fc.constantFrom(
        '[A',
        '[3~',
        'OF',
        '[1;5C',
        '[97;5u',
        '[27;5;13~',
        '[[B',
        '[I',
        ']0;t\u0007',
        'P1\u001b\\',
        '[Z',
        '',
      ),
      fc.constantFrom('[200~x\ry🐚\u001b[201~', '[200~a\u001b[31mb\u001b[20\u001b[201~', '[200~'),
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(piece, fc.boolean()), { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        (pieces, sizes) => {
          const all = bytes(pieces.map(([text, escaped]) => (escaped ? ESC : '') + text).join(''))
          const chunks: Uint8Array[] = []
          for (let at = 0; at < all.length; at += chunks.at(-1)?.length ?? 1)
            chunks.push(all.subarray(at, at + (sizes[chunks.length % sizes.length] ?? 1)))
          expect(joined(decoded(chunks))).toEqual(joined(decoded([all])))
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('a paste', () => {
  it('is one key, with plain newlines and without controls', () => {
    expect(decoded([bytes('\u001b[200~a\r\nb\tc\u001b[31m\rd\u001b[201~\r')])).toMatchObject([
      { type: 'paste', text: 'a\nb\tc[31m\nd', cut: false },
      { type: 'press', name: 'enter' },
    ])
  })

  it('of 5 MB in small chunks comes whole, in time that grows with its size only', () => {
    const size = 5_000_000
    const chunk = bytes('0123456789abcdef'.repeat(64))
    const decoder = keyDecoder()
    const started = performance.now()
    decoder.feed(bytes('\u001b[200~'))
    for (let sent = 0; sent < size; sent += chunk.length) expect(decoder.feed(chunk)).toEqual([])
    const [key] = decoder.feed(bytes('\u001b[201~'))
    expect(key?.type === 'paste' && key.text.length).toBeGreaterThanOrEqual(size)
    // Reading all of it again with each of its 5,000 chunks takes minutes.
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it('without an end is bounded, said to be cut, and forgotten when its end comes', () => {
    const buffer = pasteBuffer(10)
    expect(buffer.add('12345678')).toEqual({})
    expect(buffer.add('9012345678')).toEqual({ key: { type: 'paste', text: '1234567890', cut: true } })
    expect(buffer.add('more and more')).toEqual({})
    expect(buffer.add('\u001b[201~x')).toEqual({ rest: 'x' })
    expect(pasteBuffer(10).add('1234567890\u001b[201~')).toMatchObject({ key: { cut: false } })
    expect(PASTE_LIMIT).toBeGreaterThan(5_000_000)
  })
})
