import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { Fault } from '@nacre/types'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { machine } from './config-home.ts'

type Case = { name: string; expect: 'accept' | 'reject'; text?: string; base64?: string; repeat?: [string, number] }

const bytesOf = ({ text, base64, repeat }: Case): Uint8Array => {
  if (base64 !== undefined) return Buffer.from(base64, 'base64')
  return Buffer.from(repeat === undefined ? (text ?? '') : repeat[0].repeat(repeat[1]))
}

it('every TOML of the suite, as any of the files, makes a configuration or a Fault with its place', async (ctx) => {
  const suite = new URL('../../../../shared/testdata/badinput/toml/toml-test.ndjson', import.meta.url)
  if (!existsSync(suite)) return ctx.skip('needs shared data: badinput/toml')
  const cases = readFileSync(suite, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case)
  const files = ['own/agent.toml', 'own/providers.toml', 'own/runner.toml', 'own/users/bob.toml', 'project/agent.toml']
  let loaded = 0
  let refused = 0
  for (const [index, each] of cases.entries()) {
    const file = files[index % files.length] ?? ''
    const { load, at } = machine({ [file]: bytesOf(each) })
    const outcome = await load({ user: 'bob' }).catch((error: unknown) => error)
    if (outcome instanceof Error) {
      expect(outcome, each.name).toBeInstanceOf(Fault)
      expect((outcome as Fault).code).toBe('invalid_input')
      expect(outcome.message, each.name).toContain(at(file))
      refused++
    } else loaded++
  }
  expect(loaded + refused).toBeGreaterThanOrEqual(777)
  // Of a suite that knows none of our keys, only what is empty or a comment loads.
  expect(loaded).toBeLessThan(20)
}, 120_000)

const KEY = 'sk-canary-5e1f0a9c77d24b83'
const GOOD: Readonly<Record<string, string>> = {
  'own/providers.toml': `
[providers.registry.local]
provider_type = "openai"
base_url = "http://127.0.0.1:1/v1"
api_key = "${KEY}"
extra_headers = { x-one = "${KEY}" }
`,
  'own/agent.toml': `
config_version = "1"
[selection]
provider = "local"
model = "m"
[runtime]
max_turns = 3
[runtime.context_budget]
fallback_max_context_tokens = 1000
[reliability]
max_attempts = 4
[tools.shell]
enabled = true
`,
}

/** A good file with one thing wrong, or rarely none: cut, changed, a line doubled or moved, another value. */
const brokenOf = (good: string) =>
  fc.oneof(
    fc.nat(good.length).map((at) => good.slice(0, at)),
    fc
      .tuple(fc.nat(good.length), fc.string({ unit: 'binary', maxLength: 3 }))
      .map(([at, text]) => good.slice(0, at) + text + good.slice(at + 1)),
    fc.tuple(fc.nat(), fc.nat()).map(([from, to]) => {
      const lines = good.split('\n')
      return lines.toSpliced(to % lines.length, 0, lines[from % lines.length] ?? '').join('\n')
    }),
    fc.tuple(fc.nat(), value).map(([at, text]) => {
      const values = [...good.matchAll(/(?<= = ).*/g)]
      const { index = 0, 0: old = '' } = values[at % values.length] ?? {}
      return good.slice(0, index) + text + good.slice(index + old.length)
    }),
  )
const value = fc.oneof(
  fc.constantFrom('-1', '1e400', 'nan', '""', '[]', '{}', "'\u007f'", '1979-05-27', KEY, `"${KEY}"`, '8'),
  fc.json(),
)
const broken = fc
  .constantFrom(...Object.entries(GOOD))
  .chain(([file, good]) => brokenOf(good).map((text) => ({ file, text })))

it('a good file broken at random makes a configuration or a Fault that shows no key, and the good one still loads', async () => {
  const { load, at } = machine(GOOD)
  const seen = { loaded: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(broken, async ({ file, text }) => {
      for (const [path, good] of Object.entries(GOOD)) writeFileSync(at(path), path === file ? text : good)
      const outcome = await load().catch((error: unknown) => error)
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(Fault)
        expect(outcome).toMatchObject({
          code: 'invalid_input',
          message: expect.stringMatching(/(agent|providers)\.toml/),
        })
        expect(`${outcome.message} ${(outcome as Fault).mend}`).not.toContain(KEY)
        seen.refused++
      } else seen.loaded++
    }),
    { numRuns: 800 },
  )
  for (const [path, good] of Object.entries(GOOD)) writeFileSync(at(path), good)
  await load()
  expect(Math.min(seen.loaded, seen.refused)).toBeGreaterThan(50)
}, 60_000)
