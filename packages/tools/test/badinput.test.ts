import { existsSync, readFileSync } from 'node:fs'
import { inProcessWorkspace } from '@nacre/tools'
import { Fault } from '@nacre/types'
import { expect, it, onTestFinished, type TestContext } from 'vitest'
import { confinedWorkspace } from '../src/in-process.js'
import { all, bytesOf, fence, hostPlace, textOf } from './support/place.js'

function cases(ctx: TestContext, path: string): string[] {
  const file = new URL(`../../../../shared/testdata/badinput/${path}`, import.meta.url)
  if (!existsSync(file)) ctx.skip(`needs shared data: badinput/${path}`)
  const { lists } = JSON.parse(readFileSync(file, 'utf8')) as { lists: Record<string, string[]> }
  return Object.values(lists).flat()
}

it.each(['anchored', 'checked'] as const)(
  'no traversal payload reads, lists or writes outside an %s workspace, as it stands or below a root',
  { timeout: 120_000 },
  async (confinement, ctx) => {
    const payloads = cases(ctx, 'paths/traversal.json').map((text) => text.replaceAll('{FILE}', 'outside/secret'))
    expect(payloads.length).toBeGreaterThan(500)
    const place = hostPlace()
    const workspace = confinedWorkspace(place, confinement)
    onTestFinished(() => workspace.close())
    for (const payload of new Set(payloads))
      for (const path of [payload, `/shared/${payload}`, `/tmp/${payload}`]) {
        await workspace.write(path, bytesOf('mine'), { fence }).catch(onlyFaults)
        const slice = await workspace.read(path, all).catch(onlyFaults)
        if (slice !== undefined) expect(textOf(slice.bytes)).toBe('mine')
        const entries = (await workspace.list(path).catch(onlyFaults)) ?? []
        expect(entries.map(({ name }) => name)).not.toContain('secret')
      }
    expect(place.untouched()).toBe(true)
  },
)

it('no command injection payload is more than a file name and its content', { timeout: 120_000 }, async (ctx) => {
  const payloads = cases(ctx, 'shell/command-injection.json')
  const place = hostPlace()
  const workspace = inProcessWorkspace(place)
  onTestFinished(() => workspace.close())
  const names = new Set<string>()
  for (const payload of new Set(payloads)) {
    const name = payload.replaceAll('/', '|').slice(0, 60)
    await workspace.write(`names/${name}`, bytesOf(payload), { fence })
    if (textOf((await workspace.read(`names/${name}`, all)).bytes) === payload) names.add(name)
  }
  expect(names.size).toBeGreaterThan(100)
  expect(new Set((await workspace.list('names')).map(({ name }) => name))).toEqual(names)
  expect(place.untouched()).toBe(true)
})

function onlyFaults(error: unknown): undefined {
  if (!(error instanceof Fault)) throw error
}
