import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { parse } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { isTable } from '../src/config/doc.ts'
import { locate } from '../src/config/locate.ts'

const place = (text: string, path: readonly string[]) => {
  const { line, column } = locate(text)(path)
  return `${line}:${column}`
}

describe('where a key is', () => {
  const text = [
    '# [not.a.table]',
    'top = 1',
    'dotted . "key" = 2',
    'long = """',
    'fake = 1',
    '[fake]',
    '\\""" # """',
    "other = '''",
    "it's = '' 1''''",
    'list = [ # comment ]',
    '  "a=1", { in = 1, two.deep = [2, { last = 1 }] },',
    ']',
    '[ a . b ]',
    '  key = { x = 1, y = "}" }',
    '[[rows]]',
    'first = 1',
    '[a."c.d"]',
    'end = 2020-01-01T00:00:00Z',
  ].join('\n')

  it.each([
    ['top', '2:1'],
    ['dotted', '3:1'],
    ['dotted/key', '3:1'],
    ['long', '4:1'],
    ['other', '8:1'],
    ['list', '10:1'],
    ['list/in', '11:12'],
    ['list/two/deep', '11:20'],
    ['list/two/deep/last', '11:37'],
    ['a', '13:1'],
    ['a/b/key', '14:3'],
    ['a/b/key/y', '14:18'],
    ['rows/first', '16:1'],
    ['a/c.d/end', '18:1'],
  ])('finds %s at %s', (path, at) => {
    parse(text)
    expect(place(text, path.split('/'))).toBe(at)
  })

  it('what is not there is at the nearest table above it, or at the top', () => {
    expect(place(text, ['a', 'b', 'none', 'here'])).toBe('13:1')
    expect(place(text, ['none'])).toBe('1:1')
    expect(place(text, ['fake'])).toBe('1:1')
  })

  it('counts lines that end with CRLF, and a byte order mark', () => {
    expect(place('\uFEFFa = 1\r\n\r\nb = 2\r\n', ['b'])).toBe('3:1')
  })

  it('ends on any text at all', () => {
    const piece = fc.constantFrom('[', ']', '{', '}', '=', '"', "'", '"""', '\n', '#', '.', 'a', '\\', ' ', ',')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        expect(place(pieces.join(''), ['a'])).toMatch(/^\d+:\d+$/)
      }),
      { numRuns: 2000 },
    )
  })

  it('takes a file of many keys in one pass', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `k${index} = ${index}`).join('\n')
    const started = performance.now()
    const find = locate(many)
    for (let index = 0; index < 20_000; index++) expect(find([`k${index}`]).line).toBe(index + 1)
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it('finds every key of the TOML suite where its name stands', (ctx) => {
    const suite = new URL('../../../../shared/testdata/badinput/toml/toml-test.ndjson', import.meta.url)
    if (!existsSync(suite)) return ctx.skip('needs shared data: badinput/toml')
    let keys = 0
    for (const text of readFileSync(suite, 'utf8').trim().split('\n').map(textOf)) {
      const parsed = text === undefined ? undefined : parsedOf(text)
      if (text === undefined || parsed === undefined) continue
      const find = locate(text)
      for (const path of pathsOf(parsed)) {
        // Escapes are spelled differently; the line is all that a message needs of them.
        if (path.some((name) => !/^[\w-]+$/.test(name))) continue
        const { line, column } = find(path)
        const rest = text.split('\n')[line - 1]?.slice(column - 1) ?? ''
        expect(rest, `${path} in ${text}`).toContain(path.at(-1))
        keys++
      }
    }
    expect(keys).toBeGreaterThan(900)
  })
})

function textOf(line: string): string | undefined {
  const { text } = JSON.parse(line) as { text?: string }
  return text
}

function parsedOf(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

function pathsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, path))
  if (!isTable(value)) return path.length === 0 ? [] : [path]
  return Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, [...path, name]))
}
