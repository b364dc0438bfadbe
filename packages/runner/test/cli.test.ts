import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createClient, systemWorld } from '@nacre/client'
import { dialSocket } from '@nacre/client/node'
import { describe, expect, test } from 'vitest'
import { modelServer, usingModel } from './model-server.js'
import { ended, isAlive, makePlace, until } from './place.js'

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

describe('the command line', { timeout: 60_000 }, () => {
  test('answers, stays, and stops: a day in the life of a daemon', async () => {
    await using place = makePlace()
    expect(await place.run('status')).toMatchObject({ code: 3, stdout: expect.stringContaining('start --user alice') })

    const started = await place.run('start', '--user', 'alice', '--detach')
    expect(started).toMatchObject({ code: 0, stdout: expect.stringContaining('ready') })
    const status = await place.status()
    expect(status).toMatchObject({ running: true, ready: true, sealed: false, sessions: [] })

    expect((await place.run('status')).stdout.match(/sealed/gi)).toEqual(['SEALED'])

    const again = await place.run('start', '--user', 'alice')
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('already running') })
    expect((await place.status()).pid).toBe(status.pid)

    const asked = await place.run('ask', 'what did I say about boats?', '--user', 'alice')
    expect(asked.code).toBe(0)
    expect(asked.stdout).toContain('boats')

    const restarted = await place.run('--user', 'alice', 'restart')
    expect(restarted.code).toBe(0)
    expect((await place.status()).sessions).toHaveLength(1)

    const { pid, guests } = await place.status()
    expect((await place.run('stop')).code).toBe(0)
    expect([isAlive(pid), isAlive(guests[0]?.pid ?? 0)]).toEqual([false, false])
    expect(readdirSync(place.runtimeOf('alice'))).toEqual([])
  })

  test('in the foreground logs, says when it is ready, and drains on SIGTERM', async () => {
    await using place = makePlace()
    const child = place.spawnCli(['start', '--user', 'alice'])
    const output = ended(child)
    await until(async () => (await place.status()).ready)
    const { guests } = await place.status()
    child.kill('SIGTERM')
    const { code, stderr } = await output
    expect(code).toBe(0)
    expect(stderr).toContain('NOT SEALED')
    expect(stderr).toContain('guest ready')
    expect(isAlive(guests[0]?.pid ?? 0)).toBe(false)
  })

  test('told to stop in the middle of a turn, it drains, and the next start carries the turn on', async () => {
    const gate = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    await using model = await modelServer(
      () => ({ text: 'a long thought, well ended' }),
      () => {
        begun.resolve()
        return gate.promise
      },
    )
    await using place = makePlace()
    for (const [name, text] of Object.entries(usingModel(model.baseUrl, 'sk-test'))) place.configure(name, text)
    await place.run('start', '--detach')
    const client = place.client()
    const { session } = await client.createSession()
    await client.send(session, 'think')
    await begun.promise
    expect((await place.run('stop')).code).toBe(0)
    gate.resolve()
    await client.close()
    await place.run('start', '--detach')
    await until(async () => (await place.status()).sessions[0]?.status === 'idle')
    expect((await place.run('events', '--json')).stdout).toContain('a long thought, well ended')
  })

  test('on request it listens on loopback too, and the token is wanted there as well', async () => {
    await using place = makePlace()
    const port = await freePort()
    place.configure('runner.toml', `[gateway]\ntcp_port = ${port}\n`)
    expect(await place.run('start', '--detach')).toMatchObject({ code: 0, stderr: '' })
    const token = readFileSync(join(place.runtimeOf('alice'), 'token'), 'utf8').trim()
    const dial = dialSocket({ url: `ws://127.0.0.1:${port}/ws` })
    const client = createClient({ dial, token: () => token, name: 'test', world: systemWorld() })
    expect(await client.connected()).toMatchObject({ user: 'alice', protocol_version: 2 })
    await client.close()
    const stranger = createClient({ dial, token: () => 'guessed', name: 'test', world: systemWorld() })
    await expect(stranger.connected()).rejects.toMatchObject({ code: 'unauthenticated' })
    await stranger.close()
  })

  test('an approval without a terminal is denied and the exit code says so; --yes allows', async () => {
    await using place = makePlace()
    await place.run('start', '--detach')
    const denied = await place.run('ask', 'run `touch denied.txt`')
    expect(denied.code).toBe(4)
    const { workspace } = await place.status()
    expect(existsSync(join(workspace, 'denied.txt'))).toBe(false)
    const allowed = await place.run('ask', '--yes', 'run `touch allowed.txt`')
    expect(allowed.code).toBe(0)
    expect(existsSync(join(workspace, 'allowed.txt'))).toBe(true)
  })

  test('events are one object a line, with the daemon and without it', async () => {
    await using place = makePlace()
    await place.run('start', '--detach')
    await place.run('ask', 'help')
    await place.run('ask', 'list files')
    const parse = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    const live = parse((await place.run('events', '--json')).stdout)
    expect(live.filter((event) => event.type === 'turn.finished')).toHaveLength(2)
    expect(live[0]).toMatchObject({
      session: expect.any(String),
      seq: expect.any(Number),
      type: expect.any(String),
      at: expect.any(Number),
    })
    const { sessions } = await place.status()
    const one = parse((await place.run('events', '--json', '--session', sessions[0]?.session.slice(0, 6) ?? '')).stdout)
    expect(new Set(one.map((event) => event.session))).toEqual(new Set([sessions[0]?.session]))
    await place.run('stop')
    expect(parse((await place.run('events', '--json')).stdout)).toEqual(live)
  })

  test('events --follow shows what happens, also in sessions that come later', async () => {
    await using place = makePlace()
    await place.run('start', '--detach')
    const follower = place.spawnCli(['events', '--follow', '--json'])
    const output = ended(follower)
    let seen = ''
    follower.stdout?.on('data', (text: string) => (seen += text))
    await place.run('ask', 'help')
    await until(() => seen.includes('turn.finished'))
    follower.kill('SIGINT')
    expect((await output).code).toBe(0)
  })

  test('what it does not understand it says, with the way out, and exits with 2', async () => {
    await using place = makePlace()
    for (const args of [
      ['strat'],
      ['stop', '--detach'],
      ['ask'],
      ['status', 'now'],
      ['--nonsense'],
      ['start', '--user', '../x'],
    ]) {
      const { code, stderr } = await place.run(...args)
      expect([args, code]).toEqual([args, 2])
      expect(stderr.split('\n').length, stderr).toBeGreaterThan(2)
    }
    expect(await place.run('--version')).toMatchObject({ code: 0, stdout: '0.1.0\n' })
    expect((await place.run('--help')).stdout).toContain('start a user')
    expect((await place.run('ask', 'hello')).code).toBe(3)
  })

  test('files are for their owner only', async () => {
    await using place = makePlace()
    await place.run('start', '--detach')
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
    const { workspace } = await place.status()
    expect([place.runtimeOf('alice'), place.stateOf('alice'), workspace].map(mode)).toEqual(['700', '700', '700'])
    const files = ['control.sock', 'gateway.sock', 'broker.sock', 'token'].map((name) =>
      join(place.runtimeOf('alice'), name),
    )
    expect(
      [...files, join(place.stateOf('alice'), 'log.db'), join(place.stateOf('alice'), 'daemon.log')].map(mode),
    ).toEqual(Array(6).fill('600'))
  })

  test('the demo of npm start reads two files, exits 0, and leaves no process and no socket', async () => {
    await using place = makePlace()
    const { code, stdout, stderr } = await place.run('--first-run')
    expect(stderr).not.toContain('runner:')
    expect(code).toBe(0)
    expect(stdout).toContain('The boat needs a new rope')
    expect(stdout).toContain('book the ferry')
    expect(readdirSync(place.runtimeOf('alice'))).toEqual([])
    expect((await place.run('status')).code).toBe(3)
  })

  test('a key in the environment is named, never shown', async () => {
    await using place = makePlace({ env: { OPENAI_API_KEY: 'sk-canary-value' } })
    const { stdout, stderr } = await place.run('--first-run')
    expect(stdout).toContain('OPENAI_API_KEY is set')
    expect(stdout + stderr).not.toContain('sk-canary-value')
  })
})
