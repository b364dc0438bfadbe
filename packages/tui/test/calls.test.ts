import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { callLines } from '../dist/said/call-args.js'
import { diffOf } from '../dist/said/diff.js'

type Args = Parameters<typeof callLines>[1]
/** Ends of lines, what JSON escapes, and what is not to reach a terminal. */
const NOT_SHOWN = new RegExp(`[\\n\\r\\u2028"]|${String.fromCharCode(27)}\\[2J`, 'u')
const texts = (name: string, args: Args): string[] => callLines(name, args, '').map(({ text }) => text)

describe('a call', () => {
  it.each<[string, string, Args, string[]]>([
    ['with few arguments in one line', 'file_list', { path: '.' }, ['● file_list {"path":"."}']],
    ['of a command as a command', 'shell_exec', { command: 'ls' }, ['● shell_exec $ ls']],
    [
      'with what else it says',
      'shell_exec',
      { command: 'ls', timeout_seconds: 9 },
      ['● shell_exec $ ls', '  timeout_seconds: 9'],
    ],
    [
      'of several lines behind a gutter',
      'shell_exec',
      { command: 'cd x\nls' },
      ['● shell_exec', '  │ $ cd x', '  │ ls'],
    ],
    ['of a command that is none as it is', 'shell_exec', { command: 1 }, ['● shell_exec {"command":1}']],
    [
      'that writes a file as its lines',
      'file_write',
      { path: 'a', content: 'x\ny\n' },
      ['● file_write "a"', '  + x', '  + y', '  + '],
    ],
    [
      'that changes a file as a diff',
      'file_edit',
      { path: 'a.ts', old_text: 'one\ntwo\nthree', new_text: 'one\n2\nthree', replace_all: true },
      ['● file_edit "a.ts"', '    one', '  - two', '  + 2', '    three', '  replace_all: true'],
    ],
    [
      'that changes what is not seen, too',
      'file_edit',
      { path: 'a', old_text: 'x\r\n', new_text: 'x\n' },
      ['● file_edit "a"', '  - x', '  + x', '    '],
    ],
  ])('is shown %s', (_name, tool, args, lines) => {
    expect(texts(tool, args)).toEqual(lines)
  })

  it('whose command has room to look like lines of ours is behind a gutter', () => {
    expect(texts('shell_exec', { command: `ls${' '.repeat(80)}timeout_seconds: 1` })[1]).toContain('│ $ ls')
  })

  it('of a change marks what goes and what comes', () => {
    const lines = callLines('file_edit', { path: 'a', old_text: 'x', new_text: 'y' }, '')
    expect(lines.flatMap(({ marks = [] }) => marks)).toEqual([
      { from: 2, to: 5, style: 'removed' },
      { from: 2, to: 5, style: 'added' },
    ])
  })

  it('shows all of a value of 6,000 characters, and says what it leaves out of a longer one', () => {
    const content = Array.from({ length: 1000 }, (_, n) => `${n}`.padStart(5)).join('\n')
    expect(texts('file_write', { path: 'a', content: content.slice(0, 6000) })).toHaveLength(1001)
    const cut = texts('file_write', { path: 'a', content: content.padEnd(6100, '!') })
    expect(cut).toContain('  … 100 characters are not shown …')
    expect(cut.at(-1)).toContain('!!!!')
    const edit = texts('file_edit', { path: 'a', old_text: 'x', new_text: 'y\n'.repeat(4000) })
    expect(edit).toContain('  … 2000 characters are not shown …')
    expect(edit).toContain('  old_text: "x"')
  })

  it('never hides a line or an argument, and cannot break out of its rows', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b ', '\n', '\r', '\u001b[2J', '\u2028', '漢', '"', '│'),
      maxLength: 80,
    })
    const args = fc.record(
      { command: text, path: text, content: text, old_text: text, new_text: text, more: text },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.constantFrom('shell_exec', 'file_edit', 'file_write', 'other'), args, (name, given) => {
        const shown = texts(name, given).join('\n')
        expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028]/u)
        for (const [key, value] of Object.entries(given))
          for (const part of value.split(NOT_SHOWN)) expect(shown, key).toContain(part.trim())
      }),
      { numRuns: 500 },
    )
  })
})

describe('a diff', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((all) => all.join('\n'))
  it('has both texts in it, and what they share at both ends and in between only once', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const changes = diffOf(before, after)
        const without = (type: string) =>
          changes
            .filter((one) => one.type !== type)
            .map(({ text }) => text)
            .join('\n')
        expect(without('added')).toBe(before)
        expect(without('removed')).toBe(after)
        if (before === after) expect(changes.every(({ type }) => type === 'same')).toBe(true)
      }),
    )
    expect(diffOf('a\nb\nc\nd', 'a\nx\nc\ny\nd').map(({ type, text }) => `${type[0]}${text}`)).toEqual([
      'sa',
      'rb',
      'ax',
      'sc',
      'ay',
      'sd',
    ])
  })

  it('of too many lines is all of the one and all of the other', () => {
    const many = (name: string) => Array.from({ length: 600 }, (_, n) => (n === 300 ? 'shared' : name)).join('\n')
    const changes = diffOf(`same\n${many('a')}`, `same\n${many('b')}`)
    expect(changes.map(({ type }) => type)).toEqual([
      'same',
      ...Array(600).fill('removed'),
      ...Array(600).fill('added'),
    ])
  })
})
