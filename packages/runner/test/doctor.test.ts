import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { systemWorld } from '@nacre/kit'
import { describe, expect, test } from 'vitest'
import type { CommandContext } from '../src/commands/context.js'
import type { DaemonStatus } from '../src/daemon/control.js'
import { judgeDaemon } from '../src/doctor/daemon.js'
import { examine } from '../src/doctor/examine.js'
import type { Check, Finding, Said, Scene } from '../src/doctor/finding.js'
import { judgeClock, judgeDisk, judgeNode } from '../src/doctor/machine.js'
import { dockerWords, inPath } from '../src/doctor/programs.js'
import { judgeTerminal, judgeTmux } from '../src/doctor/terminal.js'
import { makePlace, type Place, until } from './place.js'

const KEY = 'sk-canary-3f9d'

async function examined(place: Place, extra: Record<string, string> = {}) {
  const child = place.spawnCli(['doctor', '--json'], extra)
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  const { ok, findings } = JSON.parse(text) as { ok: boolean; findings: readonly Finding[] }
  const of = (check: string, severity: Finding['severity']) =>
    findings.filter((one) => one.check === check && one.severity === severity)
  return { ok, code, findings, of, text }
}

describe('doctor', { timeout: 60_000 }, () => {
  test('finds nothing to mend in a fresh place, and makes nothing', async () => {
    await using place = makePlace()
    const { ok, code, findings } = await examined(place)
    expect({ ok, code, problems: findings.filter(({ severity }) => severity === 'problem') }).toEqual({
      ok: true,
      code: 0,
      problems: [],
    })
    const checks = [
      'node',
      'directories',
      'socket',
      'disk',
      'configuration',
      'tui.toml',
      'workspace',
      'daemon',
      'log',
      'isolation',
      'terminal',
    ]
    expect([...new Set(findings.map(({ check }) => check))]).toEqual(checks)
    const page = readFileSync(new URL('../../../docs/troubleshooting.md', import.meta.url), 'utf8')
    for (const check of checks) expect(page).toContain(`| \`${check}\` `)
    const said = await place.run('doctor')
    expect(said).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/Nothing has to be mended\.\n$/) })
  })

  test('tells every problem and warning with what to do about it, and no secret', async () => {
    await using place = makePlace({ env: { GROQ_API_KEY: '', LANG: 'C' } })
    place.configure('agent.toml', `[selection]\nprovider = "groq"\nmodel = "llama-3.1-8b-instant"\n`)
    place.configure('providers.toml', `[providers.registry.x]\nprovider_type = "openai"\napi_key = "${KEY}"\n`)
    place.configure('tui.toml', 'theme = "drak"\n')
    writeFileSync(join(place.home, '.env'), `export GROQ_API_KEY=${KEY}\n`)
    const config = join(place.home, '.config', 'nacre')
    chmodSync(join(config, 'providers.toml'), 0o644)
    chmodSync(config, 0o777)
    const { ok, code, findings, of, text } = await examined(place)
    expect({ ok, code }).toEqual({ ok: false, code: 1 })
    expect(of('configuration', 'problem')).toEqual([
      expect.objectContaining({
        text: 'No key for groq is set on the host.',
        mend: 'Set GROQ_API_KEY for the daemon and restart it.',
      }),
    ])
    expect(of('directories', 'problem').map(({ mend }) => mend)).toEqual([
      `chmod go-w ${config}`,
      `chmod go-rwx ${join(config, 'providers.toml')}`,
    ])
    expect(of('tui.toml', 'problem')[0]?.text).toContain('expected one of "auto"')
    expect(of('.env', 'warning')[0]?.text).toContain('names GROQ_API_KEY; it is not read')
    expect(of('terminal', 'warning')[0]?.text).toContain('not UTF-8')
    expect(text).not.toContain(KEY)
    for (const { severity, mend } of findings)
      if (severity === 'problem' || severity === 'warning') expect(mend).toBeTruthy()
  })

  test('says what is wrong with the configuration, and looks at all the rest', async () => {
    await using place = makePlace()
    place.configure('agent.toml', '[budgte]\nday_usd = 1\n')
    const { of } = await examined(place)
    expect(of('configuration', 'problem')[0]?.text).toContain('unknown key budgte')
    expect(of('workspace', 'fact')[0]?.text).toContain('cannot be said')
    expect(of('disk', 'ok')).toHaveLength(1)
  })

  test('finds what lies in the way of directories, and what is not yours', async (context) => {
    if (process.getuid?.() !== 0) return context.skip('only root can give a directory away')
    await using place = makePlace()
    mkdirSync(join(place.home, '.config', 'nacre', 'agent.toml'), { recursive: true })
    const state = join(place.home, '.local', 'state', 'nacre')
    mkdirSync(join(state, 'workspaces', 'alice'), { recursive: true })
    writeFileSync(join(state, 'workspaces', 'alice', 'shared'), '')
    chownSync(state, 4242, 0)
    const { of } = await examined(place)
    expect(of('directories', 'problem').map(({ text }) => text)).toEqual([
      `${state} belongs to user 4242, you are 0.`,
      `${join(place.home, '.config', 'nacre', 'agent.toml')} is no file.`,
    ])
    expect(of('workspace', 'fact')).toHaveLength(1)
    rmSync(join(place.home, '.config', 'nacre', 'agent.toml'), { recursive: true })
    const again = await examined(place)
    expect(again.of('workspace', 'problem')[0]?.text).toContain('is no directory')
  })

  test('finds a path too long for a socket, where no other command runs', async () => {
    await using place = makePlace()
    const runtime = join(place.root, 'r'.repeat(100))
    mkdirSync(runtime, { mode: 0o700 })
    const { of } = await examined(place, { XDG_RUNTIME_DIR: runtime })
    expect(of('socket', 'problem')[0]).toMatchObject({ mend: expect.stringContaining('XDG_RUNTIME_DIR') })
  })

  test('is back, with all else that it has looked at, where a daemon accepts and never answers', async () => {
    await using place = makePlace()
    mkdirSync(place.runtimeOf('alice'), { recursive: true, mode: 0o700 })
    writeFileSync(join(place.runtimeOf('alice'), 'token'), 't')
    const silent = createServer().listen(join(place.runtimeOf('alice'), 'control.sock'))
    await until(() => silent.listening)
    const { code, of } = await examined(place)
    silent.close()
    expect(code).toBe(1)
    expect(of('daemon', 'problem')[0]?.text).toContain('did not come back within 1500 ms')
    expect(of('disk', 'ok')).toHaveLength(1)
  })

  test('looks at a running daemon through its door, and at a damaged log when none runs', async () => {
    await using place = makePlace()
    await place.run('start', '--detach')
    await place.run('ask', 'hello')
    const running = await examined(place)
    expect(running.of('daemon', 'ok')[0]?.text).toMatch(/^pid \d+, ready$/)
    expect(running.of('log', 'ok').map(({ text }) => text)).toEqual([
      '1 sessions',
      expect.stringContaining('after the newest event'),
    ])
    const [guest] = (await place.status()).guests
    process.kill(guest?.pid ?? 0, 'SIGKILL')
    await until(async () => (await place.status()).guests[0]?.restarts === 1)
    expect((await examined(place)).of('daemon', 'warning')[0]?.text).toContain('started again 1 times')
    await place.run('stop')
    const stopped = await examined(place)
    expect(stopped.of('daemon', 'fact')[0]?.text).toContain('No daemon')
    expect(stopped.of('log', 'ok')[0]?.text).toBe('1 sessions; it opens')
    writeFileSync(join(place.stateOf('alice'), 'log.db'), 'x')
    const damaged = await examined(place)
    expect(damaged.of('log', 'problem')[0]?.mend).toBeTruthy()
  })
})

describe('a check', () => {
  const scene = {} as Scene
  const world = systemWorld()
  const quick: Check = { name: 'quick', run: async () => [{ severity: 'ok', text: 'fine' }] }

  test('that hangs is a finding, and keeps no other from being told', async () => {
    const hanging: Check = { name: 'slow', run: () => new Promise(() => undefined) }
    const { findings, hangs } = await examine([hanging, quick], scene, { sleep: world.sleep, mostMs: 20 })
    expect(hangs).toBe(true)
    expect(findings).toEqual([
      { check: 'slow', severity: 'problem', text: expect.stringContaining('within 20 ms'), mend: expect.any(String) },
      { check: 'quick', severity: 'ok', text: 'fine' },
    ])
  })

  test('that throws is a finding with its words', async () => {
    const broken: Check = { name: 'broken', run: async () => Promise.reject(new Error('no such thing')) }
    const { findings, hangs } = await examine([broken, quick], scene, { sleep: world.sleep, mostMs: 5000 })
    expect({ hangs, first: findings[0] }).toMatchObject({
      hangs: false,
      first: { severity: 'problem', text: 'no such thing' },
    })
  })
})

describe('what is judged', () => {
  const of = (said: Said | readonly Said[]) => [said].flat().map(({ severity }) => severity)

  test('Node is new enough from 24 on', () => {
    expect([of(judgeNode('24.0.0')), of(judgeNode('22.12.0'))]).toEqual([['ok'], ['problem']])
  })

  test('a disk has room, little or none', () => {
    expect([2 * 1024 ** 3, 5e8, 5e7].flatMap((free) => of(judgeDisk(free, '/x')))).toEqual(['ok', 'warning', 'problem'])
  })

  test('a clock is not before the newest event, but for a minute', () => {
    const now = Date.UTC(2026, 1, 1)
    expect([undefined, now - 1, now + 59_000, now + 61_000].flatMap((newest) => of(judgeClock(now, newest)))).toEqual([
      'fact',
      'ok',
      'ok',
      'problem',
    ])
  })

  test('a daemon is of this version, and its guest has come up and stayed', () => {
    const guest = { role: 'agent', pid: 1, restarts: 0, last_fault: null, last_fault_code: null } as const
    const status = { user: 'alice', pid: 7, version: '1', ready: true, guests: [guest] } as unknown as DaemonStatus
    expect(of(judgeDaemon(status, '1', 'runner'))).toEqual(['ok'])
    expect(of(judgeDaemon({ ...status, version: '0' }, '1', 'runner'))).toEqual(['ok', 'warning'])
    expect(of(judgeDaemon({ ...status, ready: false }, '1', 'runner'))).toEqual(['problem'])
    const [, restarted] = judgeDaemon(
      { ...status, guests: [{ ...guest, restarts: 3, last_fault: 'bang' }] },
      '1',
      'runner',
    )
    expect(restarted).toMatchObject({ severity: 'warning', text: expect.stringContaining('bang') })
  })

  test('a terminal can draw, in colours and in UTF-8', () => {
    const env = { TERM: 'xterm-256color', LANG: 'en_GB.UTF-8' }
    expect(judgeTerminal(env, true).map(({ text }) => text)).toEqual([
      'xterm-256color, 256 colours',
      'locale en_GB.UTF-8',
    ])
    expect(judgeTerminal({ ...env, COLORTERM: 'truecolor' }, true)[0]?.text).toContain('16 million')
    expect(judgeTerminal({ ...env, NO_COLOR: '1' }, true)[0]?.text).toContain('NO_COLOR')
    expect(of(judgeTerminal({ TERM: 'dumb', LC_ALL: 'C', LANG: 'C.UTF-8' }, true))).toEqual(['warning', 'warning'])
    expect(of(judgeTerminal({}, false))).toEqual(['fact', 'warning'])
    expect([of(judgeTmux('tmux 3.5a')), of(judgeTmux('tmux 2.9')), of(judgeTmux(undefined))]).toEqual([
      ['ok'],
      ['warning'],
      ['fact'],
    ])
  })
})

describe('what could isolate a guest', () => {
  test('is looked for in PATH, and docker where its socket is said to be', async () => {
    await using place = makePlace()
    const bin = join(place.root, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'bwrap'), '')
    expect(await inPath({ PATH: bin }, ['bwrap'])).toBeUndefined()
    chmodSync(join(bin, 'bwrap'), 0o755)
    symlinkSync(join(bin, 'bwrap'), join(bin, 'qemu-system-aarch64'))
    expect(await inPath({ PATH: `/nowhere::${bin}` }, ['bwrap'])).toBe(join(bin, 'bwrap'))
    expect(await inPath({}, ['bwrap'])).toBeUndefined()

    const path = join(place.root, 'docker.sock')
    const context = {
      env: { DOCKER_HOST: `unix://${path}` },
      uid: process.getuid?.() ?? 0,
    } as unknown as CommandContext
    expect(await dockerWords({ context })).toBe('no socket')
    const server = createServer().listen(path)
    await until(() => server.listening)
    expect(await dockerWords({ context })).toBe(`${path} (yours) answers`)
    await new Promise((resolve) => server.close(resolve))
    const remote = { ...context, env: { DOCKER_HOST: 'ssh://far' } }
    expect(await dockerWords({ context: remote })).toContain('not asked')
  })
})
