import { spawnSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sessionId, systemWorld } from '@nacre/client'
import { dialSocket } from '@nacre/client/node'
import { openLog } from '@nacre/log'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { clientOf, note, openGateway, streamOf, until } from './stage.js'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cl ient-'))
  await chmod(directory, 0o700)
})
afterEach(() => rm(directory, { recursive: true }))

describe('a socket', () => {
  it('of either kind carries a conversation over a log on disk', async () => {
    const log = await openLog({ path: join(directory, 'log.db'), now: systemWorld().now })
    const { gateway } = openGateway({ log })
    const unix = await gateway.listen({ path: join(directory, 'g.sock') })
    const tcp = await gateway.listen({ host: '127.0.0.1', port: 0 })
    const one = clientOf(dialSocket(unix))
    const other = clientOf(dialSocket(tcp))
    const { session } = await one.createSession({ title: 'Both' })
    const seen = until(
      other.watch(session, { after: 0, signal: new AbortController().signal }),
      (item) => item.kind === 'stored' && item.event.type === 'turn.queued',
    )
    const { seq } = await one.send(session, 'hello 🐚')
    expect((await seen).at(-1)).toMatchObject({ event: { seq, parts: [{ text: 'hello 🐚' }] } })
    expect((await other.find('Both')).session).toBe(session)
    await Promise.all([one.close(), other.close()])
    await gateway.close()
    await log.close()
  })

  it('that breaks is dialled again, and the watch goes on at its cursor', async () => {
    const path = join(directory, 'g.sock')
    const first = openGateway()
    await first.gateway.listen({ path })
    const client = clientOf(dialSocket({ path }))
    const { session } = await client.createSession()
    const watch = client.watch(session, { after: 0, signal: new AbortController().signal })
    const seqs: number[] = []
    for await (const item of watch) {
      if (item.kind === 'stored') seqs.push(item.event.seq)
      if (item.kind === 'live') break
    }
    const again = until(
      client.watch(session, { after: 1, signal: new AbortController().signal }),
      (item) => item.kind === 'stored',
    )
    await first.gateway.close()
    const second = openGateway({ log: first.log })
    await second.gateway.listen({ path })
    await first.log.append(streamOf(session), [note('after')])
    expect((await again).at(-1)).toMatchObject({ event: { text: 'after' } })
    expect(seqs).toEqual([1])
    await client.close()
    await second.gateway.close()
  })

  it('where nobody answers is unavailable, and one that turns us away is denied: each says what to do', async () => {
    await expect(dialSocket({ path: join(directory, 'none') })()).rejects.toMatchObject({
      code: 'unavailable',
      mend: expect.any(String),
    })
    const server = createServer(
      (socket) => void socket.resume().end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n'),
    )
    const path = join(directory, 'no.sock')
    await new Promise<void>((done) => server.listen(path, done))
    await expect(dialSocket({ path })()).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('403'),
    })
    await new Promise((done) => server.close(done))
  })
})

const HOME = fileURLToPath(new URL('..', import.meta.url))

/** Every module that loading `entry` loads, as its built text says. */
async function importsOf(entry: string, seen = new Map<string, string>()): Promise<Map<string, string>> {
  const text = await readFile(entry, 'utf8')
  seen.set(entry, text)
  for (const [, from = ''] of text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
    const bare = /^@nacre\/([a-z]+)$/.exec(from)
    const file = from.startsWith('.')
      ? resolve(dirname(entry), from)
      : bare
        ? join(HOME, '..', bare[1] ?? '', 'dist/index.js')
        : from
    if (!file.startsWith('/')) seen.set(file, entry)
    else if (!seen.has(file)) await importsOf(file, seen)
  }
  return seen
}

describe('the core', () => {
  it('loads nothing that a browser does not have: no node: module, no ws, no zod', async () => {
    const modules = [...(await importsOf(join(HOME, 'dist/index.js'))).keys()]
    expect(modules.length).toBeGreaterThan(15)
    expect(modules.filter((name) => !name.startsWith('/'))).toEqual([])
    const node = [...(await importsOf(join(HOME, 'dist/node.js'))).keys()]
    expect(node).toContain('node:net')
    expect(node).toContain('ws')
  })

  it('names no global of Node', async () => {
    for (const [file, text] of await importsOf(join(HOME, 'dist/index.js'))) {
      expect([file, /\b(?:process|Buffer|require|__dirname|setImmediate)\b\s*[.(]/.exec(text)?.[0]]).toEqual([
        file,
        undefined,
      ])
    }
  })

  it('leaves no process hanging when it is closed', async () => {
    const { gateway } = openGateway()
    const path = join(directory, 'g.sock')
    await gateway.listen({ path })
    const script = `
      import { createClient, systemWorld } from '@nacre/client'
      import { dialSocket } from '@nacre/client/node'
      const client = createClient({ dial: dialSocket({ path: ${JSON.stringify(join(directory, 'none'))} }), token: () => 'x', name: 't', world: systemWorld() })
      await client.close()
      console.log('closed')`
    const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: HOME,
      encoding: 'utf8',
      timeout: 5000,
    })
    expect([status, stdout]).toEqual([0, 'closed\n'])
    await gateway.close()
  })
})

it('session ids of the client are those that the gateway takes', () => {
  expect(sessionId(systemWorld().id())).toMatch(/^[a-z0-9][a-z0-9_-]{0,63}$/)
})
