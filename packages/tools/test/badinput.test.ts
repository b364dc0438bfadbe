import { existsSync, readFileSync } from 'node:fs'
import { systemWorld } from '@nacre/kit'
import { createRegistry, prepare, runTool } from '@nacre/tool'
import { testContext } from '@nacre/tool/testing'
import { inProcessWorkspace, workspaceTools } from '@nacre/tools'
import { memoryWorkspace } from '@nacre/tools/testing'
import { Fault } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest'
import { confinedWorkspace } from '../src/in-process.js'
import { noBlobs } from './support/call.js'
import { all, bytesOf, fence, hostPlace, textOf } from './support/place.js'

function cases(ctx: TestContext, path: string): string[] {
  const file = new URL(`../../../../shared/testdata/badinput/${path}`, import.meta.url)
  if (!existsSync(file)) ctx.skip(`needs shared data: badinput/${path}`)
  const { lists } = JSON.parse(readFileSync(file, 'utf8')) as { lists: Record<string, string[]> }
  return Object.values(lists).flat()
}

it.for(['anchored', 'checked'] as const)(
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

describe('arguments of a model that are not right', () => {
  const good: Record<string, object> = {
    file_list: { path: '/shared' },
    file_read: { path: 'a.txt', offset_bytes: 0, limit_bytes: 100 },
    file_write: { path: 'a.txt', content: 'text' },
    file_edit: { path: 'a.txt', old_text: 'text', new_text: 'other', replace_all: false },
    file_search: { pattern: 'text', path: '.', glob: '*.txt', regex: true, ignore_case: true, max_matches: 3 },
    shell_exec: { command: 'true', timeout_seconds: 1 },
  }
  const broken = fc
    .constantFrom(...Object.keys(good))
    .chain((name) => fc.record({ name: fc.constant(name), args: brokenFrom(good[name] ?? {}) }))
  // Commands are recorded, and nothing is run.
  const commands: string[] = []
  const workspace = memoryWorkspace({ 'a.txt': 'text' }, (command) => {
    commands.push(command)
    return { end: { type: 'exit', code: 0 }, stdout: '', stderr: '', droppedBytes: 0 }
  })
  const registry = createRegistry(workspaceTools(workspace))
  const attempt = async (name: string, argsText: string) => {
    const prepared = prepare(registry, { name, argsText })
    if (prepared.type === 'refused') return 'refused'
    return (await runTool(prepared, testContext(), { blobs: noBlobs, world: systemWorld() })).outcome
  }

  it('end as a refusal or a result, and the next good call works', { timeout: 60_000 }, async () => {
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(broken, async ({ name, args }) => {
        seen.add(await attempt(name, args))
        expect(await attempt('file_write', '{"path":"a.txt","content":"text"}')).toBe('ok')
        expect(await attempt('file_read', '{"path":"a.txt"}')).toBe('ok')
      }),
      { numRuns: 1_500 },
    )
    expect([...seen].toSorted()).toEqual(['error', 'ok', 'refused'])
  })

  it('of the list of naughty strings are contents like any other', async (ctx) => {
    for (const text of naughty(ctx)) {
      expect(await attempt('file_write', JSON.stringify({ path: 'n', content: text }))).toBe('ok')
      expect(Buffer.from(workspace.files.get('/shared/n') ?? []).toString()).toBe(text)
      for (const name of ['file_read', 'file_list', 'file_write'])
        expect(['ok', 'error', 'refused']).toContain(await attempt(name, JSON.stringify({ path: text, content: '' })))
      for (const key of ['pattern', 'glob', 'path'])
        expect(['ok', 'error', 'refused']).toContain(
          await attempt('file_search', JSON.stringify({ pattern: 'x', [key]: text })),
        )
      commands.length = 0
      const ran = await attempt('shell_exec', JSON.stringify({ command: text }))
      expect(commands).toEqual(ran === 'refused' ? [] : [text])
    }
  })
})

/** The arguments as JSON with one thing wrong, or rarely none. */
function brokenFrom(good: object): fc.Arbitrary<string> {
  const entries = Object.entries(good)
  const json = JSON.stringify(good)
  const junk = fc.oneof(
    fc.constantFrom<unknown>('', '..', '/', 'a/../b', '\u0000', '\ud800', -1, 1e300, 2 ** 53, '[', '(a+)+$', '{', null),
    fc.jsonValue(),
  )
  return fc.oneof(
    fc.tuple(fc.nat(), junk).map(([at, value]) => {
      const [key = 'path'] = entries[at % entries.length] ?? []
      return JSON.stringify({ ...good, [key]: value })
    }),
    fc.nat().map((at) => JSON.stringify(Object.fromEntries(entries.toSpliced(at % entries.length, 1)))),
    fc.tuple(fc.string(), junk).map(([key, value]) => JSON.stringify({ ...good, [key]: value })),
    fc.nat().map((at) => json.slice(0, at % json.length)),
    fc.tuple(fc.nat(), fc.string({ maxLength: 2 })).map(([at, chars]) => {
      const cut = at % json.length
      return json.slice(0, cut) + chars + json.slice(cut + 1)
    }),
    junk.map((value) => JSON.stringify(value)),
  )
}

function naughty(ctx: TestContext): string[] {
  const file = new URL('../../../../shared/testdata/badinput/strings/naughty-strings.json', import.meta.url)
  if (!existsSync(file)) ctx.skip('needs shared data: badinput/strings')
  const { strings } = JSON.parse(readFileSync(file, 'utf8')) as { strings: string[] }
  return strings
}

function onlyFaults(error: unknown): undefined {
  if (!(error instanceof Fault)) throw error
}
