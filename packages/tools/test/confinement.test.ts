import { execFileSync } from 'node:child_process'
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { inProcessWorkspace } from '@nacre/tools'
import { Fault, type Workspace } from '@nacre/types'
import { describe, expect, it, onTestFinished } from 'vitest'
import { confinedWorkspace } from '../src/in-process.js'
import { call } from './support/call.js'
import { all, bytesOf, fence, hostPlace, refusal, textOf } from './support/place.js'

const acts = (workspace: Workspace, path: string) => [
  () => workspace.read(path, all),
  () => workspace.list(path),
  () => workspace.write(path, bytesOf('x'), { fence }),
]

describe.each(['anchored', 'checked'] as const)('an %s workspace', (confinement) => {
  const make = () => {
    const place = hostPlace()
    const workspace = confinedWorkspace(place, confinement)
    onTestFinished(() => workspace.close())
    return { ...place, workspace }
  }

  it('refuses every link, wherever it leads, and says that it is one', async () => {
    const { root, outside, workspace, untouched } = make()
    writeFileSync(join(root, 'inside'), 'x')
    const links = {
      dir: outside,
      file: join(outside, 'secret'),
      near: 'inside',
      proc: '/proc/self/root',
      up: '..',
      gone: 'nowhere',
    }
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name))
    for (const name of Object.keys(links))
      for (const act of acts(workspace, name))
        expect(await refusal(act)).toMatchObject({ code: 'denied', message: expect.stringContaining('symbolic link') })
    for (const path of ['dir/secret', 'proc/etc/passwd', 'up/outside/secret', 'dir/new/file'])
      for (const act of acts(workspace, path))
        expect((await refusal(act)).message).toMatch(/"\/shared\/(dir|proc|up)" is a symbolic link/)
    expect(untouched()).toBe(true)
    expect((await workspace.list('/shared')).filter(({ type }) => type === 'link')).toHaveLength(6)
  })

  it('reads a file with a second name, but does not write it', async () => {
    const { root, outside, workspace, untouched } = make()
    linkSync(join(outside, 'secret'), join(root, 'linked'))
    const refused = await refusal(() => workspace.write('linked', bytesOf('x'), { fence }))
    expect(refused).toMatchObject({
      code: 'denied',
      message: '"/shared/linked" has a second name elsewhere (a hard link), and is not written',
    })
    expect(untouched()).toBe(true)
    expect(statSync(join(root, 'linked')).nlink).toBe(2)
  })

  it('refuses a pipe, a socket and a device, without waiting for them', async (ctx) => {
    const { root, workspace } = make()
    execFileSync('mkfifo', [join(root, 'pipe')])
    const server = createServer().listen(join(root, 'socket'))
    onTestFinished(() => void server.close())
    const names = ['pipe', 'socket', ...(madeDevice(join(root, 'device')) ? ['device'] : [])]
    for (const name of names) {
      expect(await refusal(() => workspace.read(name, all))).toMatchObject({
        code: 'denied',
        message: expect.stringContaining('not a regular file'),
      })
      expect(await refusal(() => workspace.write(name, bytesOf('x'), { fence }))).toMatchObject({ code: 'denied' })
    }
    expect((await workspace.list('/shared')).map(({ type }) => type)).toEqual(names.map(() => 'other'))
    if (names.length === 2) ctx.skip('needs root: a device')
  })

  it('takes a file of 100 MB in slices, not at once', async () => {
    const { root, workspace } = make()
    writeFileSync(join(root, 'big'), 'head')
    truncateSync(join(root, 'big'), 100_000_000)
    const { bytes, sizeBytes } = await workspace.read('big', { offset: 0, limitBytes: 1024 * 1024 })
    expect([textOf(bytes.subarray(0, 4)), bytes.length, sizeBytes]).toEqual(['head', 1024 * 1024, 100_000_000])
    expect((await workspace.read('big', { offset: 99_999_990, limitBytes: 1024 })).bytes).toHaveLength(10)
    const whole = { offset: 0, limitBytes: 100_000_000 }
    expect(await refusal(() => workspace.read('big', whole))).toMatchObject({ code: 'limit_exceeded' })
    const said = async (name: string, args: object) => (await call(workspace, name, { path: 'big', ...args })).text
    expect(await said('file_read', {})).toMatch(/is not UTF-8 text \(100000000 bytes\)/)
    expect(await said('file_edit', { old_text: 'head', new_text: 'tail' })).toMatch(/too large to be edited/)
    expect(await said('file_search', { pattern: 'head' })).toMatch(/1 larger than 1 MiB/)
    expect(statSync(join(root, 'big')).size).toBe(100_000_000)
  })

  it('never says a host path', async () => {
    const { base, root, outside, workspace } = make()
    symlinkSync(outside, join(root, 'link'))
    mkdirSync(join(root, 'dir'))
    for (const path of ['gone', 'gone/too', 'link', 'link/secret', 'dir', '../x', 'dir/../..', 'a\0b', '/etc/passwd'])
      for (const act of acts(workspace, path)) {
        const said = await act().then(
          () => '',
          (error: unknown) =>
            error instanceof Fault ? `${error.message} ${error.mend} ${String(error.cause)}` : `no Fault: ${error}`,
        )
        expect(said).not.toContain(base)
        expect(said).not.toMatch(/no Fault|\/proc\/self\/fd/)
      }
  })

  it('makes files 0600 and directories 0700, and keeps the right to run a file', async () => {
    const { root, workspace } = make()
    const modeOf = (path: string) => (statSync(join(root, path)).mode & 0o777).toString(8)
    await workspace.write('dir/file', bytesOf('x'), { fence })
    expect([modeOf('dir'), modeOf('dir/file')]).toEqual(['700', '600'])
    writeFileSync(join(root, 'script'), 'old', { mode: 0o755 })
    await workspace.write('script', bytesOf('new'), { fence })
    expect(modeOf('script')).toBe('700')
    expect(readdirSync(root).toSorted()).toEqual(['dir', 'script'])
  })

  it('leaves no descriptor open, whatever comes of a call', async (context) => {
    if (process.platform !== 'linux') context.skip('only on Linux: /proc lists the descriptors')
    const { root, outside, workspace } = make()
    symlinkSync(outside, join(root, 'link'))
    const open = () => readdirSync('/proc/self/fd').length
    const before = open()
    for (const path of ['a/b/c', 'a/b', 'gone/x', 'link', 'a/link/x', 'a/b/c/d', '../x'])
      for (const act of acts(workspace, path)) await act().catch(() => undefined)
    expect(open()).toBe(before)
    await workspace.close()
    expect(open()).toBe(before - 2)
  })

  it('leaves the old file when the disk is full', async (ctx) => {
    const { root, workspace } = make()
    const disk = join(root, 'disk')
    if (!mounted(disk, '256k')) return ctx.skip('needs root: a small disk to fill')
    await workspace.write('disk/file', bytesOf('old'), { fence })
    const refused = await refusal(() => workspace.write('disk/file', new Uint8Array(1024 * 1024), { fence }))
    expect(refused).toMatchObject({ code: 'storage_full', message: expect.stringContaining('"/shared/disk/file"') })
    expect(textOf((await workspace.read('disk/file', all)).bytes)).toBe('old')
    expect(readdirSync(disk)).toEqual(['file'])
  })

  it('shows a reader the old bytes or the new ones, never a mixture', async () => {
    const { workspace } = make()
    const [old, young] = ['a', 'b'].map((letter) => bytesOf(letter.repeat(60_000))) as [Uint8Array, Uint8Array]
    await workspace.write('file', old, { fence })
    const writes = (async () => {
      for (let n = 0; n < 40; n++) await workspace.write('file', n % 2 === 0 ? young : old, { fence })
    })()
    let done = false
    void writes.finally(() => (done = true))
    while (!done) {
      const { bytes, sizeBytes } = await workspace.read('file', all)
      expect([sizeBytes, new Set(bytes).size]).toEqual([60_000, 1])
    }
    await writes
  })
})

describe('a workspace in this process', () => {
  it('has /tmp only if it was given one', async () => {
    const place = hostPlace()
    const [both, bare] = [inProcessWorkspace(place), inProcessWorkspace({ root: place.root })]
    onTestFinished(async () => void (await Promise.all([both.close(), bare.close()])))
    await both.write('/tmp/a', bytesOf('x'), { fence })
    expect(readFileSync(join(place.tmp, 'a'), 'utf8')).toBe('x')
    expect(await refusal(() => bare.read('/tmp/a', all))).toMatchObject({
      code: 'denied',
      message: 'This workspace has no /tmp',
    })
  })

  it('says in words how it is confined', () => {
    const place = hostPlace()
    const words = (['anchored', 'checked'] as const).map((kind) => {
      const workspace = confinedWorkspace(place, kind)
      onTestFinished(() => workspace.close())
      return workspace.confinement
    })
    expect(words[0]).toMatch(/^File tools are anchored: .*Commands are not confined/)
    expect(words[1]).toMatch(/^File tools are checked: .*could get around that/)
  })

  it('refuses to start without its directory, and refuses work when closed', async () => {
    const place = hostPlace()
    expect(() => inProcessWorkspace({ root: join(place.base, 'gone') })).toThrow(/cannot be opened \(ENOENT\)/)
    const workspace = inProcessWorkspace(place)
    await Promise.all([workspace.close(), workspace.close()])
    for (const act of acts(workspace, 'a')) expect(await refusal(act)).toMatchObject({ code: 'closed' })
  })

  it('stays in the directory that it opened, whatever takes its name', async () => {
    const place = hostPlace()
    const workspace = inProcessWorkspace(place)
    onTestFinished(() => workspace.close())
    if (!workspace.confinement.includes('anchored')) return
    await workspace.write('a', bytesOf('mine'), { fence })
    const moved = join(place.tmp, 'moved')
    execFileSync('mv', [place.root, moved])
    symlinkSync(place.outside, place.root)
    expect(textOf((await workspace.read('a', all)).bytes)).toBe('mine')
    expect(await refusal(() => workspace.read('secret', all))).toMatchObject({ code: 'not_found' })
    rmSync(place.root)
  })

  it('refuses to list more entries than its bound', async () => {
    const place = hostPlace()
    const workspace = inProcessWorkspace({ ...place, limits: { listEntries: 3 } })
    onTestFinished(() => workspace.close())
    for (const name of ['a', 'b', 'c']) writeFileSync(join(place.root, name), '')
    expect(await workspace.list('/shared')).toHaveLength(3)
    writeFileSync(join(place.root, 'd'), '')
    expect(await refusal(() => workspace.list('/shared'))).toMatchObject({ code: 'limit_exceeded' })
  })
})

function madeDevice(path: string): boolean {
  try {
    execFileSync('mknod', [path, 'c', '1', '3'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function mounted(path: string, size: string): boolean {
  mkdirSync(path)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { stdio: 'ignore' })
    onTestFinished(() => void execFileSync('umount', ['-l', path]))
    return true
  } catch {
    return false
  }
}
