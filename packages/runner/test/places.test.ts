import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createClient, systemWorld } from '@nacre/client'
import { dialSocket } from '@nacre/client/node'
import { describe, expect, test } from 'vitest'
import { CLI, ended, makePlace, until } from './place.js'

describe('odd places', { timeout: 60_000 }, () => {
  test('a home directory of 200 bytes with spaces and letters of all kinds', async () => {
    await using outer = makePlace()
    const home = join(outer.root, 'my home ü', 'x'.repeat(100), 'y'.repeat(90))
    expect(Buffer.byteLength(home)).toBeGreaterThanOrEqual(200)
    await using place = makePlace({ home })
    expect(await place.run('start', '--detach')).toMatchObject({ code: 0, stderr: '' })
    expect(await place.run('ask', '--yes', 'run `pwd`')).toMatchObject({ code: 0 })
  })

  test('a runtime directory that is too long for a socket is refused with the mend', async () => {
    await using outer = makePlace()
    await using place = makePlace({ env: { XDG_RUNTIME_DIR: join(outer.root, 'z'.repeat(90)) } })
    const { code, stderr } = await place.run('start', '--detach')
    expect(code).toBe(2)
    expect(stderr).toContain('Set XDG_RUNTIME_DIR to a shorter directory')
  })

  test('without XDG_RUNTIME_DIR the sockets go into a directory of the user id', async () => {
    await using place = makePlace({ env: { XDG_RUNTIME_DIR: '' } })
    const user = `t${process.pid}`
    expect((await place.run('start', '--detach', '--user', user)).code).toBe(0)
    const { endpoint } = await place.status(user)
    expect(endpoint).toBe(`/tmp/nacre-${process.getuid?.()}/${user}/gateway.sock`)
    await place.run('stop', '--user', user)
    rmSync(join(endpoint, '..'), { recursive: true })
  })

  test('a runtime directory that cannot be made is refused with the mend', async () => {
    await using place = makePlace()
    writeFileSync(join(place.root, 'run', 'nacre'), 'a file where a directory belongs')
    const { code, stderr } = await place.run('start', '--detach')
    expect(code).not.toBe(0)
    expect(stderr).not.toContain('    at ')
    expect(stderr).toContain('Remove what is in its way')
  })

  test('a deleted runtime directory is made anew, and the conversation goes on', async () => {
    await using place = makePlace()
    await place.run('start', '--detach')
    await place.run('ask', 'remember the rope')
    const { sessions } = await place.status()
    rmSync(place.runtimeOf('alice'), { recursive: true })
    await until(async () => (await place.status()).ready)
    const { stdout } = await place.run('ask', '--session', sessions[0]?.session ?? '', 'what did I say about the rope?')
    expect(stdout).toContain('remember the rope')
  })

  test('a second clone finds the daemon of the first', async () => {
    await using place = makePlace()
    await place.run('start', '--detach')
    const clone = join(place.root, 'second clone')
    symlinkSync(resolve(CLI, '../../../..'), clone)
    const other = spawn(process.execPath, [join(clone, 'packages', 'runner', 'dist', 'cli.js'), '--first-run'], {
      env: place.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const { code, stdout } = await ended(other)
    expect(code).toBe(0)
    expect(stdout).toContain('already running')
    expect((await place.status()).running).toBe(true)
  })

  test('two starts at once make one daemon', async () => {
    await using place = makePlace()
    const both = await Promise.all([place.run('start', '--detach'), place.run('start', '--detach')])
    expect(both.map(({ code }) => code)).toContain(0)
    const { pid } = await place.status()
    expect((await place.run('ask', 'help')).code).toBe(0)
    expect((await place.status()).pid).toBe(pid)
  })

  test("a workspace of one's own, and a configuration file with a typo", async () => {
    await using place = makePlace()
    const workspace = join(place.root, 'my files')
    mkdirSync(workspace)
    writeFileSync(join(workspace, 'poem.txt'), 'the sea, the sea')
    await place.run('start', '--detach', '--workspace', workspace)
    expect((await place.run('ask', 'read poem.txt')).stdout).toContain('the sea, the sea')
    await place.run('stop')
    place.configure('agent.toml', '[selection]\nprovidr = "offline"\n')
    const { code, stderr } = await place.run('start', '--detach')
    expect(code).toBe(2)
    expect(stderr).toMatch(/agent\.toml:2.*providr[\s\S]*provider/)
  })
})

test('two users: neither sees, opens, finds or notices a session of the other', { timeout: 60_000 }, async () => {
  await using place = makePlace()
  for (const user of ['alice', 'bob']) await place.run('start', '--detach', '--user', user)
  const alice = place.client('alice')
  const { session } = await alice.createSession({ title: 'diary of alice' })
  await alice.send(session, 'remember my secret')
  const bob = place.client('bob')
  const unknown = async (id: string) => {
    const tries = [
      bob.send(id as typeof session, 'hello'),
      bob.history(id as typeof session, { turns: 1 }),
      bob.find(id.slice(0, 5)),
      bob.fork(id as typeof session, 1),
      bob.cancel(id as typeof session),
    ]
    return (await Promise.allSettled(tries)).map((end) =>
      end.status === 'rejected'
        ? `${end.reason.gateway} ${end.reason.message.replaceAll(id, 'ID').replaceAll(id.slice(0, 5), 'PREFIX')}`
        : 'accepted',
    )
  }
  expect(await bob.sessions()).toEqual([])
  const foreign = await unknown(session)
  expect(foreign).toEqual(await unknown('zzzzzzzzzzzzzzzz'))
  expect(foreign.every((answer) => answer.startsWith('session_not_found'))).toBe(true)

  // Bob's token opens nothing at Alice's door.
  const token = () => readFileSync(join(place.runtimeOf('bob'), 'token'), 'utf8').trim()
  const dial = dialSocket({ path: join(place.runtimeOf('alice'), 'gateway.sock') })
  const intruder = createClient({ dial, token, name: 'intruder', world: systemWorld() })
  await expect(intruder.connected()).rejects.toMatchObject({ code: 'unauthenticated' })
  for (const client of [alice, bob, intruder]) await client.close()
})
