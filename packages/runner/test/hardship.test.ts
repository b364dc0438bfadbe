import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { applyItem, EMPTY_TRANSCRIPT, waitingFor } from '@nacre/client'
import { describe, expect, test } from 'vitest'
import { isAlive, makePlace, until } from './place.js'

describe('a daemon in hardship', { timeout: 90_000 }, () => {
  test('a log that cannot be written does not end it', async () => {
    await using place = makePlace()
    mkdirSync(place.stateOf('alice'), { recursive: true, mode: 0o700 })
    symlinkSync('/dev/full', join(place.stateOf('alice'), 'daemon.log'))
    expect((await place.run('start', '--detach')).code).toBe(0)
    const { pid, guests } = await place.status()
    process.kill(guests[0]?.pid ?? 0, 'SIGKILL')
    await until(async () => (await place.status()).guests[0]?.restarts === 1)
    expect(isAlive(pid)).toBe(true)
    expect((await place.run('ask', 'help')).code).toBe(0)
  })

  test('a start right after its runtime directory was deleted leaves one daemon, and that one works', async () => {
    await using place = makePlace()
    await place.run('start', '--detach')
    const old = (await place.status()).pid
    rmSync(place.runtimeOf('alice'), { recursive: true })
    await place.run('start', '--detach')
    // Whichever of the two noticed first has it; the other is gone.
    await until(async () => {
      const { ready, pid } = await place.status()
      return ready && (pid === old || !isAlive(old))
    })
    expect((await place.run('ask', 'help')).code).toBe(0)
  })

  test('a corrupt log is said at once, in the demo as by start, and no daemon is left trying', async () => {
    await using place = makePlace()
    mkdirSync(place.stateOf('alice'), { recursive: true, mode: 0o700 })
    writeFileSync(
      join(place.stateOf('alice'), 'log.db'),
      "this is no log, but it was somebody's life's work".repeat(100),
    )
    for (const args of [['start', '--detach'], ['--first-run']]) {
      const { code, stderr } = await place.run(...args)
      expect([args, code]).not.toEqual([args, 0])
      expect(stderr).toMatch(/log\.db/)
      expect((await place.run('status')).code).toBe(3)
    }
  })

  test('a restart keeps what it was started with', async () => {
    await using place = makePlace()
    const config = join(place.root, 'agent.toml')
    writeFileSync(config, '[tools.shell]\nenabled = false\n')
    const workspace = join(place.root, 'files')
    mkdirSync(workspace)
    await place.run('start', '--detach', '--config', config, '--workspace', workspace)
    expect((await place.run('restart')).code).toBe(0)
    expect((await place.status()).workspace).toBe(workspace)
    await place.run('ask', '--yes', 'run `touch made`')
    expect(existsSync(join(workspace, 'made'))).toBe(false)
  })

  test('a command that takes longer than the configuration lets it is ended', async () => {
    await using place = makePlace()
    place.configure('agent.toml', '[tools.shell]\ncommand_timeout_secs = 1\n')
    await place.run('start', '--detach')
    const { stdout } = await place.run('ask', '--yes', 'run `sleep 30; echo slept`')
    expect(stdout).not.toContain('stdout (6 bytes)')
    expect(stdout).toContain('stopped after 1 s')
  })

  test("ask answers only its own turn's approvals, and ends when its message is withdrawn", async () => {
    await using place = makePlace()
    await place.run('start', '--detach')
    const client = place.client()
    const { session } = await client.createSession()
    await client.send(session, 'run `touch made`')
    const stop = new AbortController()
    let transcript = EMPTY_TRANSCRIPT
    for await (const item of client.watch(session, { after: 0, signal: stop.signal })) {
      if (item.kind !== 'connection') transcript = applyItem(transcript, item)
      if (waitingFor(transcript.state)) stop.abort()
    }
    const asking = place.run('ask', '--yes', '--session', session, 'help')
    const queued = await until(async () => {
      const { events } = await client.history(session, { turns: 5 })
      return events.flatMap((event) =>
        JSON.stringify(event).includes('"help"') ? [event as { input: string }] : [],
      )[0]
    })
    await client.cancel(session, queued.input)
    expect(await asking).toMatchObject({ code: 5, stderr: expect.stringContaining('withdrawn') })
    expect(existsSync(join((await place.status()).workspace, 'made'))).toBe(false)
    await client.close()
  })
})

test('a start that finds a stranger at the door of its daemon says so and ends', { timeout: 30_000 }, async () => {
  await using place = makePlace()
  mkdirSync(place.runtimeOf('alice'), { recursive: true, mode: 0o700 })
  writeFileSync(join(place.runtimeOf('alice'), 'token'), 'none\n', { mode: 0o600 })
  const stranger = createServer((_, response) => response.writeHead(500).end())
  await new Promise<void>((resolve) => stranger.listen(join(place.runtimeOf('alice'), 'control.sock'), resolve))
  try {
    // Whatever was begun early must not keep the program waiting.
    expect(await place.run('start', '--user', 'alice')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('does not answer'),
    })
  } finally {
    stranger.closeAllConnections()
    await new Promise((resolve) => stranger.close(resolve))
  }
})
