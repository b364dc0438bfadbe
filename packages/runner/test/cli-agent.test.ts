import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isAlive, makePlace, until } from './place.js'

const CANARY = 'env-canary-51d2b8-never-seen'

/** A place whose model is this shell script, which finds its arguments in "$@". */
function placeWith(script: string, more = '') {
  const place = makePlace({ env: { SHOWN: 'yes', HIDDEN: CANARY } })
  const program = join(place.root, 'agent.sh')
  writeFileSync(program, script)
  place.configure(
    'agent.toml',
    `selection.provider = "helper"
    selection.model = "cli"
    tools.shell.env_keys = ["SHOWN"]
    providers.registry.helper = { provider_type = "cli", command = "/bin/sh", args = ["${program}", "a b"] }
    ${more}`,
  )
  return place
}

test('a program answers what it is told on its standard input, in the workspace, and sees no variable but those for commands', {
  timeout: 60_000,
}, async () => {
  await using place = placeWith('cat > told; env > seen; printf "%s said hello" "$1"')
  const workspace = join(place.home, 'work')
  mkdirSync(workspace)
  expect(await place.run('start', '--detach', '--workspace', workspace)).toMatchObject({ code: 0 })
  expect(await place.run('ask', 'speak, friend')).toMatchObject({ code: 0, stdout: 'a b said hello\n' })
  expect(readFileSync(join(workspace, 'told'), 'utf8')).toContain('speak, friend')
  const seen = readFileSync(join(workspace, 'seen'), 'utf8')
  expect(seen).toMatch(/^SHOWN=yes$/m)
  expect(seen).not.toContain(CANARY)
  expect(seen).not.toContain('NODE_COMPILE_CACHE')
  expect((await place.run('status')).stdout).toContain('helper ASKS NOBODY: /bin/sh is a program')
})

test('a program and what it started end with the call, and with the guest', { timeout: 60_000 }, async () => {
  const script = (pids: string) =>
    `sleep 1000 & echo "$$ $!" > ${pids}.part; mv ${pids}.part ${pids}; cat > /dev/null; wait`
  for (const how of ['cancel', 'kill'] as const) {
    const pids = 'pids'
    await using place = placeWith(script(pids))
    const workspace = join(place.home, 'work')
    mkdirSync(workspace)
    await place.run('start', '--detach', '--workspace', workspace)
    const client = place.client()
    const { session } = await client.createSession()
    await client.send(session, 'work')
    const path = join(workspace, pids)
    await until(() => existsSync(path))
    const running = readFileSync(path, 'utf8').trim().split(' ').map(Number)
    expect(running.map(isAlive)).toEqual([true, true])
    if (how === 'cancel') await client.cancel(session)
    else process.kill((await place.status()).guests[0]?.pid ?? 0, 'SIGKILL')
    await until(() => !running.some(isAlive))
    await client.close()
  }
})

test('a program that a clock ended is not told again, and nobody in its place', { timeout: 60_000 }, async () => {
  const more = 'reliability.first_byte_timeout_ms = 2000\nselection.fallback = ["offline/offline"]'
  await using place = placeWith('echo run >> runs; cat > /dev/null; sleep 1000', more)
  const workspace = join(place.home, 'work')
  mkdirSync(workspace)
  await place.run('start', '--detach', '--workspace', workspace)
  const { code, stderr } = await place.run('ask', 'work')
  expect([code, stderr]).toEqual([1, expect.stringContaining('firstByteMs')])
  expect(readFileSync(join(workspace, 'runs'), 'utf8')).toBe('run\n')
})
