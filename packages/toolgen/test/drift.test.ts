import { execFileSync, spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runToolgen } from '@nacre/toolgen'
import { describe, expect, it } from 'vitest'
import { place } from './support/place.js'

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
const SHAPES = fileURLToPath(new URL('shapes', import.meta.url))
const check = (path: string) => runToolgen([path], { check: true })

describe('toolgen --check', () => {
  it('finds the shapes of these tests as they were written', () => {
    expect(check(SHAPES)).toEqual({ ok: true, lines: ['4 up to date'] })
  })

  it('fails on a docstring that was changed, with the file, the line and both texts', () => {
    const at = place()
    const type = '{\n/** Where to look */\npath: string\n}'
    at.tools('a', type)
    expect(runToolgen([at.dir], { check: false })).toMatchObject({
      ok: true,
      lines: [expect.stringMatching(/^wrote .*a\.tools\.gen\.ts$/)],
    })
    expect(check(at.dir)).toEqual({ ok: true, lines: ['1 up to date'] })

    at.tools('a', type, { doc: 'Goes elsewhere.' })
    const drift = check(at.dir)
    expect(drift.ok).toBe(false)
    expect(drift.lines[0]).toMatch(
      /a\.tools\.gen\.ts:\d+ is not what .*a\.tools\.ts says\. Run pnpm toolgen\.\n {2}- .*Goes\..*\n {2}\+ .*Goes elsewhere\./,
    )

    at.tools('a', type.replace('Where', 'There'))
    expect(check(at.dir).lines[0]).toMatch(/- .*Where to look.*\n.*\+ .*There to look/)
    at.tools('a', type.replace('string', 'number'))
    expect(check(at.dir).lines[0]).toMatch(/- .*z\.string\(\).*\n.*\+ .*z\.number\(\)/)
  })

  it('fails on what was written by hand, is cut off, is missing, or has lost its source', () => {
    const at = place()
    at.tools('a', '{ a: string }')
    runToolgen([at.dir], { check: false })
    const good = at.read('a.tools.gen.ts')
    const generated = join(at.dir, 'a.tools.gen.ts')
    writeFileSync(generated, `${good}export const more = 1\n`)
    expect(check(at.dir).lines[0]).toMatch(/\n {2}- export const more = 1\n/)
    writeFileSync(generated, good.slice(0, -20))
    expect(check(at.dir).ok).toBe(false)
    rmSync(generated)
    expect(check(at.dir)).toMatchObject({
      ok: false,
      lines: [expect.stringMatching(/a\.tools\.gen\.ts is missing: .*a\.tools\.ts has tools/)],
    })
    runToolgen([at.dir], { check: false })
    at.write('gone.tools.gen.ts', good)
    expect(check(at.dir)).toMatchObject({
      ok: false,
      lines: [expect.stringMatching(/gone\.tools\.gen\.ts belongs to no \*\.tools\.ts/), '1 up to date'],
    })
    expect(at.files()).toContain('gone.tools.gen.ts')
  })

  it('comes to the same whatever else is compiled with it, and in whatever order', () => {
    const at = place()
    const union = at.tools('union', "{ value: 'c' | 'a' | 'b' | { x: 1 | 3 | 2 } | string[] }")
    const other = at.tools('other', "{ value: 'b' | 'c' | 3 | 2 | 1 | 'a' }")
    runToolgen([union], { check: false })
    const alone = at.read('union.tools.gen.ts')
    expect(alone).toMatch(/enum\(\[.c., .a., .b.\]\).*literal\(\[1, 3, 2\]\)/s)
    runToolgen([other, union], { check: false })
    expect(at.read('union.tools.gen.ts')).toBe(alone)
  })
})

describe('the program', () => {
  it('writes, then finds nothing to do, then fails with exit code 1 on drift', () => {
    const at = place()
    at.tools('a', '{ a: string }')
    const run = (...args: string[]) => spawnSync(process.execPath, [CLI, ...args], { cwd: at.dir, encoding: 'utf8' })
    expect(run('.')).toMatchObject({ status: 0, stdout: 'toolgen: wrote a.tools.gen.ts\n' })
    expect(run('--check', '.')).toMatchObject({ status: 0, stdout: 'toolgen: 1 up to date\n' })
    at.tools('a', '{ a: number }')
    expect(run('--check', 'a.tools.ts')).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/a\.tools\.gen\.ts:\d+ is not what/),
    })
  })

  it.each([
    [[], /usage: toolgen/],
    [['--wrong'], /--wrong/],
    [['nowhere'], /nowhere/],
  ])('says what it wants when called with %j', (args, words) => {
    expect(() => execFileSync(process.execPath, [CLI, ...args], { stdio: 'pipe', cwd: place().dir })).toThrow(words)
  })
})
