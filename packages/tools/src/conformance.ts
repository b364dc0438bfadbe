import assert from 'node:assert/strict'
import { Fault, type FaultCode, type Fence, sessionId, type Workspace } from '@nacre/types'

type Made = { readonly workspace: Workspace; readonly end?: () => Promise<void> }
type Check = (workspace: Workspace) => Promise<void>

/**
 * What every Workspace does. Registers one test per promise with `test` (vitest's or node's); each gets a fresh, empty
 * workspace from `make`. Throws nothing itself.
 */
export function workspaceConformance(
  make: () => Promise<Made> | Made,
  test: (name: string, run: () => Promise<void>) => unknown,
): void {
  for (const [name, check] of Object.entries(PROMISES))
    test(name, async () => {
      const { workspace, end } = await make()
      try {
        await check(workspace)
      } finally {
        await end?.()
      }
    })
}

const one: Fence = { session: sessionId('one'), epoch: 1 }
const bytesOf = (text: string) => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const all = { offset: 0, limitBytes: 1_000 }

const PROMISES: Record<string, Check> = {
  'reads what was written, by absolute and by relative path': async (workspace) => {
    await workspace.write('notes/a.md', bytesOf('shell 🐚'), { fence: one })
    for (const path of ['/shared/notes/a.md', 'notes/a.md', './notes//a.md'])
      assert.deepEqual(await workspace.read(path, all), { bytes: bytesOf('shell 🐚'), sizeBytes: 10 })
  },
  'reads a slice, and nothing beyond the end': async (workspace) => {
    await workspace.write('a', bytesOf('0123456789'), { fence: one })
    assert.equal(textOf((await workspace.read('a', { offset: 3, limitBytes: 4 })).bytes), '3456')
    assert.equal(textOf((await workspace.read('a', { offset: 8, limitBytes: 4 })).bytes), '89')
    assert.deepEqual(await workspace.read('a', { offset: 10, limitBytes: 4 }), {
      bytes: new Uint8Array(),
      sizeBytes: 10,
    })
  },
  'replaces a file whole': async (workspace) => {
    await workspace.write('a', bytesOf('a long first version'), { fence: one })
    await workspace.write('a', bytesOf('short'), { fence: one })
    assert.equal(textOf((await workspace.read('a', all)).bytes), 'short')
  },
  'writes and reads an empty file': async (workspace) => {
    await workspace.write('a', new Uint8Array(), { fence: one })
    assert.deepEqual(await workspace.read('a', all), { bytes: new Uint8Array(), sizeBytes: 0 })
  },
  'lists an empty root': async (workspace) => assert.deepEqual(await workspace.list('/shared'), []),
  'lists by name, with types and sizes, one level': async (workspace) => {
    for (const path of ['b', 'a/deep/er', 'Z']) await workspace.write(path, bytesOf('xyz'), { fence: one })
    assert.deepEqual(
      (await workspace.list('/shared')).map(({ name, type }) => `${name}:${type}`),
      ['Z:file', 'a:directory', 'b:file'],
    )
    assert.deepEqual(await workspace.list('a/deep'), [{ name: 'er', type: 'file', sizeBytes: 3 }])
  },
  'says what is not there': async (workspace) => {
    await refuses(() => workspace.read('gone', all), 'not_found', /"\/shared\/gone"/)
    await refuses(() => workspace.list('gone/too'), 'not_found', /"\/shared\/gone/)
  },
  'tells files and directories apart': async (workspace) => {
    await workspace.write('dir/file', bytesOf('x'), { fence: one })
    await refuses(() => workspace.read('dir', all), 'invalid_input', /directory/)
    await refuses(() => workspace.read('/shared', all), 'invalid_input', /directory/)
    await refuses(() => workspace.write('dir', bytesOf('x'), { fence: one }), 'invalid_input', /directory/)
    await refuses(() => workspace.list('dir/file'), 'invalid_input', /not a directory/)
  },
  'refuses paths that lead out, or are none': async (workspace) => {
    for (const path of [
      '../x',
      '/shared/../x',
      'a/../../x',
      '/etc/passwd',
      '/',
      '/sharedx',
      '/proc/self/root/etc/passwd',
    ])
      for (const act of acts(workspace, path)) await refuses(act, 'denied')
    for (const path of ['a\0b', '/shared/\0', 'a\ud800', 'n'.repeat(256), 'n/'.repeat(3_000)])
      for (const act of acts(workspace, path)) await refuses(act, 'invalid_input')
  },
  'refuses a file or a slice over the bound': async (workspace) => {
    await refuses(() => workspace.write('big', new Uint8Array(8 * 1024 * 1024 + 1), { fence: one }), 'limit_exceeded')
    await refuses(() => workspace.read('big', { offset: 0, limitBytes: 1024 * 1024 + 1 }), 'limit_exceeded')
  },
  'refuses the effects of an epoch lower than one it knows, of that session only': async (workspace) => {
    await workspace.fence({ ...one, epoch: 3 })
    const old = { ...one, epoch: 2 }
    const exec = { signal: new AbortController().signal, timeoutMs: 1_000 }
    await refuses(() => workspace.write('a', bytesOf('x'), { fence: old }), 'stale_epoch')
    await refuses(() => workspace.exec('true', { ...exec, fence: old }), 'stale_epoch')
    await refuses(() => workspace.fence(old), 'stale_epoch')
    await refuses(() => workspace.read('a', all), 'not_found')
    await workspace.write('a', bytesOf('x'), { fence: { ...one, epoch: 3 } })
    await workspace.write('a', bytesOf('y'), { fence: { session: sessionId('two'), epoch: 1 } })
  },
  'takes a higher epoch from any effect that carries it': async (workspace) => {
    await workspace.write('a', bytesOf('new'), { fence: { ...one, epoch: 5 } })
    await refuses(() => workspace.write('a', bytesOf('old'), { fence: { ...one, epoch: 4 } }), 'stale_epoch')
    assert.equal(textOf((await workspace.read('a', all)).bytes), 'new')
  },
}

const acts = (workspace: Workspace, path: string) => [
  () => workspace.read(path, all),
  () => workspace.list(path),
  () => workspace.write(path, bytesOf('x'), { fence: one }),
]

async function refuses(act: () => Promise<unknown>, code: FaultCode, words = /./): Promise<void> {
  const refusal = await act().then(
    () => assert.fail(`it was not refused as ${code}`),
    (error: unknown) => error,
  )
  assert.ok(refusal instanceof Fault, `a Fault, not ${refusal}`)
  assert.equal(refusal.code, code, refusal.message)
  assert.match(refusal.message, words)
}
