import { existsSync, readFileSync } from 'node:fs'
import { Fault } from '@nacre/types'
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
