import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { testContext } from '@nacre/tool/testing'
import { inProcessWorkspace } from '@nacre/tools'
import { memoryWorkspace } from '@nacre/tools/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { call } from './support/call.js'
import { hostPlace } from './support/place.js'

const FILES = {
  'a.ts': 'const Alpha = 1\nconst beta = 2\r\n',
  'src/b.ts': 'alpha()\n',
  'src/deep/c.md': 'no match\nalpha (one)\nalpha (two)\n',
  '.git/config': 'alpha',
  'src/node_modules/x/index.js': 'alpha',
  '/tmp/t': 'alpha',
}
const found = async (args: object, files: Record<string, string | Uint8Array> = FILES) =>
  (await call(memoryWorkspace(files), 'file_search', args)).text

describe('file_search', () => {
  it('gives path, line and text, by name, and leaves .git and node_modules out', async () => {
    expect(await found({ pattern: 'alpha' })).toBe(
      '/shared/src/b.ts:1: alpha()\n/shared/src/deep/c.md:2: alpha (one)\n/shared/src/deep/c.md:3: alpha (two)',
    )
    expect(await found({ pattern: 'nowhere' })).toBe('No match in 3 files.')
  })

  it('takes the pattern as it is, unless it is a regular expression', async () => {
    expect(await found({ pattern: 'alpha (' })).toMatch(/c\.md:2: .*\n.*c\.md:3: /)
    expect(await found({ pattern: '^alpha .t' })).toBe('No match in 3 files.')
    expect(await found({ pattern: '^alpha .t', regex: true })).toBe('/shared/src/deep/c.md:3: alpha (two)')
    expect(await found({ pattern: 'ALPHA', ignore_case: true, glob: 'a.ts' })).toBe('/shared/a.ts:1: const Alpha = 1')
    expect(await found({ pattern: '= \\d$', regex: true, glob: 'a.ts' })).toMatch(
      /a\.ts:1: .*\n.*a\.ts:2: const beta = 2$/,
    )
    expect(await found({ pattern: 'ALPHA', regex: true, ignore_case: true, glob: 'a.ts' })).toMatch(
      /^\/shared\/a\.ts:1/,
    )
  })

  it.each([
    ['*.ts', ['a.ts', 'src/b.ts']],
    ['b.??', ['src/b.ts']],
    ['src/*', ['src/b.ts']],
    ['src/**/*.md', ['src/deep/c.md']],
    ['**/*.{md,txt}', ['src/deep/c.md']],
    ['{a,src/b}.ts', ['a.ts', 'src/b.ts']],
    ['./src/**', ['src/b.ts', 'src/deep/c.md']],
    ['*', ['a.ts', 'src/b.ts', 'src/deep/c.md']],
    ['deep', []],
  ])('searches only the files that fit %s', async (glob, files) => {
    const text = await found({ pattern: 'a', glob, ignore_case: true })
    const seen = new Set([...text.matchAll(/^\/shared\/(.*?):\d+: /gm)].map(([, path]) => path))
    expect([...seen]).toEqual(files)
  })

  it('searches below a path, or one file, and says what is wrong with another', async () => {
    expect(await found({ pattern: 'alpha', path: '/shared/src/deep/' })).toMatch(/^\/shared\/src\/deep\/c\.md:2/)
    expect(await found({ pattern: 'alpha', path: 'src/b.ts' })).toBe('src/b.ts:1: alpha()')
    expect(await found({ pattern: 'alpha', path: '/tmp' })).toBe('/tmp/t:1: alpha')
    expect(await found({ pattern: 'alpha', path: 'gone' })).toMatch(/There is no/)
    expect(await found({ pattern: 'alpha', path: '../x' })).toMatch(/climbs/)
    expect(await found({ pattern: 'a\nb' })).toMatch(/has a line break/)
    expect(await found({ pattern: '(', regex: true })).toMatch(/Invalid regular expression.*\n.*leave regex out/)
  })

  it('is bounded in matches, in bytes and in the length of a line', async () => {
    const many = { a: 'x\n'.repeat(1_000) }
    const few = await found({ pattern: 'x', max_matches: 3 }, many)
    expect(few).toMatch(/a:3: x\n\[there are more than these 3 matches; narrow the search\]$/)
    expect((await found({ pattern: 'x' }, many)).split('\n').length).toBe(101)
    expect(await found({ pattern: 'x', max_matches: 3 }, { a: 'x\n'.repeat(3) })).not.toContain('more')
    const long = await found({ pattern: 'x', max_matches: 500 }, { a: `${'y'.repeat(200)}x\n`.repeat(500) })
    expect(long.length).toBeLessThan(15 * 1024)
    expect(long).toMatch(/there are more than these \d\d matches/)
    const line = await found({ pattern: 'needle' }, { a: `${'a'.repeat(5_000)}needle${'b'.repeat(5_000)}` })
    expect(line).toMatch(/^\/shared\/a:1: …a{60}needleb+…$/)
    expect(line.length).toBeLessThan(270)
  })

  it('says which files it did not search', async () => {
    const odd = {
      bin: new Uint8Array([120, 0]),
      large: 'x'.repeat(1024 * 1024 + 1),
      full: 'x'.repeat(1024 * 1024),
      ok: 'x',
    }
    expect(await found({ pattern: 'x' }, odd)).toMatch(
      /^\/shared\/full:1: x+…\n\/shared\/ok:1: x\n\[files not searched: 1 binary, 1 larger than 1 MiB\]$/,
    )
  })

  it('quotes a name that would pose as another match', async () => {
    expect(await found({ pattern: 'x' }, { 'a\nb:1: y': 'x' })).toBe('"/shared/a\\nb:1: y":1: x')
  })

  it('stops an expression that would take for ever, and does not hold up anything meanwhile', async () => {
    let ticks = 0
    const timer = setInterval(() => ticks++, 50)
    onTestFinished(() => clearInterval(timer))
    const text = await found({ pattern: '^(a+)+$', regex: true }, { a: `${'a'.repeat(60)}!` })
    expect(text).toMatch(/needed more than 2 s .*stopped\n.*repetition inside a repetition/)
    expect(ticks).toBeGreaterThan(10)
  })

  it('ends when it is cancelled', async () => {
    const signal = AbortSignal.abort()
    const context = testContext({ signal })
    expect(await call(memoryWorkspace(FILES), 'file_search', { pattern: 'a' }, context)).toMatchObject({
      outcome: 'interrupted',
    })
  })

  it('follows no link in a real directory', async () => {
    const { root, outside } = hostPlace()
    mkdirSync(join(root, 'd'))
    writeFileSync(join(root, 'd', 'f'), 'OUTSIDE, it says')
    symlinkSync(outside, join(root, 'link'))
    symlinkSync(join(outside, 'secret'), join(root, 'secret'))
    const workspace = inProcessWorkspace({ root })
    onTestFinished(() => workspace.close())
    expect((await call(workspace, 'file_search', { pattern: 'OUTSIDE' })).text).toBe('/shared/d/f:1: OUTSIDE, it says')
    expect((await call(workspace, 'file_search', { pattern: 'OUTSIDE', path: 'd/f', regex: true })).text).toBe(
      'd/f:1: OUTSIDE, it says',
    )
  })
})
