import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { UNIT, unitText } from '../src/service/unit.js'
import { CLI, makePlace, type Place } from './place.js'

const facts = { node: '/usr/bin/node', cli: '/opt/nacre/cli.js', env: {} }

/** A unit file as systemd reads it: sections of names with values, in their order. */
function sectionsOf(text: string): ReadonlyMap<string, readonly (readonly [string, string])[]> {
  const sections = new Map<string, (readonly [string, string])[]>()
  let section: (readonly [string, string])[] = []
  for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
    const [, title] = /^\[(\w+)\]$/.exec(line) ?? []
    const [, name, value] = /^([A-Z]\w+)=(.*)$/.exec(line) ?? []
    if (title !== undefined) {
      section = []
      sections.set(title, section)
    } else if (name !== undefined && value !== undefined) section.push([name, value])
    else throw new Error(`no line of a unit: ${line}`)
  }
  return sections
}

const valuesOf = (text: string, name: string) =>
  (sectionsOf(text).get('Service') ?? []).flatMap(([key, value]) => (key === name ? [value] : []))

/** A program named systemctl that notes what it was told. */
function withSystemctl(place: Place, exit: number) {
  const bin = join(place.root, 'bin')
  const told = join(place.root, 'told')
  mkdirSync(bin)
  writeFileSync(join(bin, 'systemctl'), `#!/bin/sh\necho "$@" >> '${told}'\necho no bus >&2\nexit ${exit}\n`)
  chmodSync(join(bin, 'systemctl'), 0o755)
  const run = async (...args: string[]) => {
    const child = place.spawnCli(args, { PATH: `${bin}:${place.env.PATH}` })
    let stdout = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    return { code, stdout }
  }
  return { run, told: () => readFileSync(told, 'utf8').trim().split('\n') }
}

const unitIn = (place: Place) => join(place.home, '.config', 'systemd', 'user', UNIT)

describe('the unit', () => {
  test('starts the daemon of its instance with this program, again when it fails, but not when it is misconfigured', () => {
    const text = unitText(facts)
    expect([...sectionsOf(text).keys()]).toEqual(['Unit', 'Service', 'Install'])
    expect(valuesOf(text, 'ExecStart')).toEqual(['"/usr/bin/node" "/opt/nacre/cli.js" start --user %i'])
    expect(valuesOf(text, 'Restart')).toEqual(['on-failure'])
    expect(valuesOf(text, 'RestartPreventExitStatus')).toEqual(['2'])
    expect(valuesOf(text, 'NoNewPrivileges')).toEqual(['yes'])
  })

  test('looks where the shell looks that installed it', () => {
    const env = { XDG_RUNTIME_DIR: '/run/user/7', XDG_STATE_HOME: '/data/100% "mine" $x', OTHER_KEY: 'sk-canary' }
    const text = unitText({ ...facts, env })
    expect(valuesOf(text, 'Environment')).toEqual([
      '"XDG_STATE_HOME=/data/100%% \\"mine\\" $$x"',
      '"XDG_RUNTIME_DIR=/run/user/7"',
    ])
    expect(text).not.toContain('sk-canary')
    expect(valuesOf(unitText(facts), 'UnsetEnvironment')).toEqual(['XDG_RUNTIME_DIR'])
  })

  test('is taken by systemd without a complaint', async (context) => {
    if (spawnSync('systemd-analyze', ['--version']).error) return context.skip('there is no systemd-analyze here')
    await using place = makePlace()
    const path = join(place.root, UNIT)
    const verify = () => {
      const { stderr, status } = spawnSync('systemd-analyze', ['verify', '--user', '--man=no', path], {
        env: { ...place.env, XDG_RUNTIME_DIR: place.root },
        encoding: 'utf8',
      })
      return { stderr, status }
    }
    const text = unitText({ node: process.execPath, cli: CLI, env: { XDG_RUNTIME_DIR: '/run/user/7' } })
    writeFileSync(path, text)
    expect(verify()).toEqual({ stderr: '', status: 0 })
    writeFileSync(path, text.replace('Restart=on-failure', 'Restart=sometimes'))
    expect(verify().stderr).toContain('sometimes')
  })
})

describe('service', { timeout: 60_000 }, () => {
  test('install --print writes nothing', async () => {
    await using place = makePlace()
    const { code, stdout } = await place.run('service', 'install', '--print')
    expect(code).toBe(0)
    expect(valuesOf(stdout, 'ExecStart')).toEqual([`"${process.execPath}" "${CLI}" start --user %i`])
    expect(existsSync(unitIn(place))).toBe(false)
  })

  test('install writes the unit and tells systemd; status knows it; uninstall takes it away', async () => {
    await using place = makePlace()
    const { run, told } = withSystemctl(place, 0)
    expect((await run('service', 'install', '--user', 'bob')).stdout).toContain('enable-linger')
    expect(statSync(unitIn(place)).mode & 0o777).toBe(0o600)
    expect(told()).toEqual(['--user daemon-reload', '--user enable --now nacre@bob.service'])
    expect(JSON.parse((await run('service', 'status', '--json')).stdout)).toMatchObject({
      installed: true,
      current: true,
    })
    writeFileSync(unitIn(place), '# old\n')
    expect(JSON.parse((await run('service', 'status', '--json')).stdout)).toMatchObject({
      installed: true,
      current: false,
    })
    await run('service', 'uninstall', '--user', 'bob')
    expect(existsSync(unitIn(place))).toBe(false)
    expect(told().slice(-2)).toEqual(['--user disable --now nacre@bob.service', '--user daemon-reload'])
    expect((await run('service', 'status')).stdout).toBe('Not installed: runner service install\n')
  })

  test('install says what to type where systemd cannot be told, and starts no second daemon beside one that runs', async () => {
    await using place = makePlace()
    const { run, told } = withSystemctl(place, 1)
    await place.run('start', '--detach')
    const { code, stdout } = await run('service', 'install')
    expect(code).toBe(0)
    expect(stdout).toContain('could not be told (no bus)')
    expect(stdout).toContain('  systemctl --user daemon-reload\n  systemctl --user enable nacre@alice.service\n')
    expect(stdout).toContain('A daemon runs already')
    expect(existsSync(unitIn(place))).toBe(true)
    expect(told()).toEqual(['--user daemon-reload'])
  })

  test('what the unit starts is a daemon that a signal ends cleanly', async () => {
    await using place = makePlace()
    const text = (await place.run('service', 'install', '--print')).stdout
    const [line = ''] = valuesOf(text, 'ExecStart')
    const script = `${line.replace('%i', 'alice')} & pid=$!; while ! ${`"${process.execPath}" "${CLI}"`} status >/dev/null; do sleep 0.1; done; kill -TERM $pid; wait $pid; echo "ended with $?"`
    const said = execFileSync('sh', ['-c', script], {
      env: place.env,
      cwd: place.home,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    expect(said.trim()).toBe('ended with 0')
  })
})
