import { spawn } from 'node:child_process'
import { chmod, lstat, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rawSocket, request, UPGRADE } from './raw.js'
import { openGateway } from './stage.js'

let directory = ''
let { gateway } = openGateway()
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gw-'))
  await chmod(directory, 0o700)
  gateway = openGateway().gateway
})
afterEach(async () => {
  await gateway.close()
  await rm(directory, { recursive: true, force: true })
})
const health = async (path: string) => {
  const { status, socket } = await request({ path }, [['Host', 'nacre']], '/healthz')
  socket.destroy()
  return status
}

describe('a unix socket', () => {
  it('is its owner’s alone, and gone when the gateway closes', async () => {
    const path = join(directory, 'g.sock')
    await gateway.listen({ path })
    expect((await lstat(path)).mode & 0o777).toBe(0o600)
    expect(await health(path)).toBe(200)
    await gateway.close()
    await expect(lstat(path)).rejects.toThrow('ENOENT')
  })

  it('is never taken from a live gateway', async () => {
    const path = join(directory, 'g.sock')
    await gateway.listen({ path })
    const other = openGateway().gateway
    await expect(other.listen({ path })).rejects.toMatchObject({
      code: 'busy',
      mend: expect.stringContaining('stop it'),
    })
    await other.close()
    expect(await health(path)).toBe(200)
  })

  it('of a process that was killed is taken over', async () => {
    const path = join(directory, 'g.sock')
    const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
    expect((await lstat(path)).isSocket()).toBe(true)
    await gateway.listen({ path })
    expect(await health(path)).toBe(200)
  })

  it('is not made over something else', async () => {
    const path = join(directory, 'notes.txt')
    await writeFile(path, 'keep me')
    await expect(gateway.listen({ path })).rejects.toMatchObject({ code: 'conflict' })
    expect((await lstat(path)).size).toBe(7)
  })

  it('has a path of at most 100 bytes; one of 101 is refused with the mend', async () => {
    const at = (bytes: number) => join(directory, 's'.repeat(bytes - Buffer.byteLength(directory) - 1))
    await expect(gateway.listen({ path: at(101) })).rejects.toMatchObject({
      code: 'invalid_input',
      mend: expect.stringContaining('XDG_RUNTIME_DIR'),
    })
    const umlauts = join(directory, 'ü'.repeat(Math.ceil((101 - Buffer.byteLength(directory) - 1) / 2)))
    await expect(gateway.listen({ path: umlauts })).rejects.toMatchObject({ code: 'invalid_input' })
    await gateway.listen({ path: at(100) })
    expect(await health(at(100))).toBe(200)
  })

  it('lies in a directory that is there, is a directory, and is closed to others', async () => {
    const open = join(directory, 'open')
    await mkdir(open)
    for (const mode of [0o755, 0o750, 0o701]) {
      await chmod(open, mode)
      await expect(gateway.listen({ path: join(open, 'g') })).rejects.toMatchObject({
        code: 'denied',
        mend: expect.stringContaining('chmod 700'),
      })
    }
    await expect(gateway.listen({ path: join(directory, 'none', 'g') })).rejects.toMatchObject({
      code: 'not_found',
      mend: expect.stringContaining('mkdir'),
    })
    await chmod(open, 0o700)
    await symlink(open, join(directory, 'link'))
    await expect(gateway.listen({ path: join(directory, 'link', 'g') })).rejects.toMatchObject({ code: 'denied' })
    await gateway.listen({ path: join(open, 'g') })
  })

  it('may have a path with spaces and colons', async () => {
    const path = join(directory, 'a b:c.sock')
    await gateway.listen({ path })
    expect(await health(path)).toBe(200)
  })
})

describe('TCP', () => {
  it('is loopback only: every other host is refused with the mend', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.0.1', 'localhost', 'nacre.example', '']) {
      await expect(gateway.listen({ host: host as '127.0.0.1', port: 0 })).rejects.toMatchObject({
        code: 'denied',
        mend: expect.stringContaining('127.0.0.1'),
      })
    }
  })

  it('says so when the port is taken', async () => {
    const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 })
    await expect(gateway.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'busy' })
  })

  it('takes only so many connections at once, tells who comes beyond, and has room again when one leaves', async () => {
    const { gateway } = openGateway({ limits: { connections: 3 } })
    const where = await gateway.listen({ host: '127.0.0.1', port: 0 })
    const enter = () => request(where, [['Host', `localhost:${where.port}`], ...UPGRADE])
    const held = await Promise.all([1, 2, 3].map(enter))
    const strangers = await Promise.all([1, 2, 3].map(() => rawSocket(where)))
    const beyond = await enter()
    expect([held.map(({ status }) => status), beyond.status]).toEqual([[101, 101, 101], 503])
    expect(await beyond.until('again.')).toContain('no more clients at once')
    await beyond.closed
    held[0]?.socket.destroy()
    await expect.poll(async () => (await enter()).status).toBe(101)
    for (const { socket } of [...held, ...strangers]) socket.destroy()
    await gateway.close()
  })
})
