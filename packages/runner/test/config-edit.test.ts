import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { parse } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { isTable, leavesOf, valueAt } from '../src/config/doc.ts'
import { edited } from '../src/config/edit.ts'
import { dotted, type KeyPath } from '../src/config/key-path.ts'

const EXAMPLES = new URL('../../../examples/config/', import.meta.url)
const SUITE = new URL('../../../../shared/testdata/badinput/toml/toml-test.ndjson', import.meta.url)
const annotated = readdirSync(EXAMPLES, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.toml'))
  .map((file) => readFileSync(new URL(file, EXAMPLES), 'utf8'))
const everyKeyOn = annotated.map((text) => text.replace(/^# (?=\[[\w.<>]+\]$|\w+ = )/gm, ''))

const commentsIn = (text: string) => text.split('\n').filter((line) => /^\s*#/.test(line))
const doc = (values: object) => ({
  kind: 'agent' as const,
  values: values as Record<string, unknown>,
  placeOf: () => ({ source: '' }),
  dir: '/',
  trusted: true,
})
const leavesIn = (text: string) =>
  new Map(leavesOf(doc(parse(text, { maxDepth: 32 }))).map(({ path, value }) => [dotted(path), value]))

/** Asserts what is promised of a text that was edited. */
function holds(text: string, path: KeyPath, value: unknown): 'edited' | 'by hand' {
  const result = edited(text, path, value)
  if ('byHand' in result) {
    expect(result.byHand.line).toBeGreaterThan(0)
    return 'by hand'
  }
  expect(valueAt(parse(result.text, { maxDepth: 32 }), path)).toEqual(value)
  const others = (leaves: ReadonlyMap<string, unknown>) => {
    const key = dotted(path)
    return [...leaves].filter(([name, leaf]) => name !== key && !name.startsWith(`${key}.`) && !isTable(leaf))
  }
  const sorted = (entries: (readonly [string, unknown])[]) => entries.toSorted(([a], [b]) => (a < b ? -1 : 1))
  expect(sorted(others(leavesIn(result.text)))).toEqual(sorted(others(leavesIn(text))))
  expect(commentsIn(result.text).sort()).toEqual(expect.arrayContaining(commentsIn(text).sort()))
  return 'edited'
}

const name = fc.oneof(fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/), fc.constantFrom('a.b', 'x y', '"', 'ü', '#'))
const scalar = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.integer(),
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: 0.5, max: 1e6 }).filter((n) => !Number.isInteger(n)),
)
const value = fc.oneof(scalar, fc.array(fc.string({ maxLength: 8 }), { maxLength: 4 }))

describe('a file in which one key is set', () => {
  it('has the value, and every other key and comment, whatever key of ours and whatever value', () => {
    const texts = [...annotated, ...everyKeyOn, '', '# only a comment\n', 'a = 1', 'a.b = 1 # why\r\n[t]\r\nx = 2\r\n']
    const place = fc.constantFrom(...texts).chain((text) => {
      const known = [...leavesOf(doc(parse(text)))].map(({ path }) => path).filter((path) => path.length > 0)
      const some = known.length > 0 ? [fc.constantFrom(...known)] : []
      return fc.tuple(fc.constant(text), fc.oneof(...some, fc.array(name, { minLength: 1, maxLength: 4 })))
    })
    const seen = { edited: 0, 'by hand': 0 }
    fc.assert(
      fc.property(place, value, ([text, path], set) => {
        seen[holds(text, path, set)]++
      }),
      { numRuns: 1500 },
    )
    expect(seen.edited).toBeGreaterThan(seen['by hand'] * 10)
  })

  it('is what it was, or nothing is changed: with every TOML that there is', (context) => {
    if (!existsSync(SUITE)) return context.skip('needs shared data: badinput/toml')
    const cases = readFileSync(SUITE, 'utf8').trim().split('\n')
    const seen = { edited: 0, 'by hand': 0 }
    for (const { expect: verdict, text } of cases.map(
      (line) => JSON.parse(line) as { expect: string; text?: string },
    )) {
      if (verdict !== 'accept' || text === undefined || !isToml(text)) continue
      const known = leavesOf(doc(parse(text, { maxDepth: 32 }))).map(({ path }) => path)
      for (const path of [...known.filter(({ length }) => length > 0).slice(0, 6), ['zz'], ['a', 'b', 'zz']])
        for (const set of ['hi "x" \\ ü', 7, ['a', 'b'], undefined]) seen[holds(text, path, set)]++
    }
    expect(seen.edited).toBeGreaterThan(3000)
    expect(seen['by hand']).toBeLessThan(seen.edited / 20)
  }, 60_000)

  it('looks as a person would have written it', () => {
    const agent = annotated.find((text) => text.startsWith('# agent.toml')) ?? ''
    const after = edited(agent, ['budget', 'day_usd'], 5)
    expect('text' in after && after.text).toBe(agent.replace('day_usd = 20', 'day_usd = 5'))
    const fresh = edited('# mine\n', ['providers', 'registry', 'work', 'api_key_env'], 'WORK_KEY')
    expect('text' in fresh && fresh.text).toBe('# mine\n\n[providers.registry.work]\napi_key_env = "WORK_KEY"\n')
  })
})

describe('a file from which one key is taken', () => {
  it('keeps the comments above it', () => {
    const text = '[budget]\n# A turn.\nturn_usd = 2 # dollars\n# A day.\nday_usd = 20\n'
    expect(edited(text, ['budget', 'turn_usd'], undefined)).toEqual({
      text: '[budget]\n# A turn.\n# A day.\nday_usd = 20\n',
    })
    const list = 'a = [\n  1,\n  2,\n]\nb = 3\n'
    expect(edited(list, ['a'], undefined)).toEqual({ text: 'b = 3\n' })
  })

  it('is as it was where the key was not in it', () => {
    for (const text of [...annotated, ...everyKeyOn])
      expect(edited(text, ['none', 'such'], undefined)).toEqual({ text })
  })
})

it('what cannot be changed safely is said with the line to change by hand', () => {
  expect(edited('x = [', ['a'], 1)).toEqual({ byHand: { line: 1, why: 'the file is not TOML' } })
  expect(edited('\na = 1\n', ['a', 'b'], 1)).toEqual({ byHand: { line: 2, why: 'a is no table there' } })
})

function isToml(text: string): boolean {
  try {
    parse(text, { maxDepth: 32 })
    return true
  } catch {
    return false
  }
}
