import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { modelServer, usingModel } from './model-server.js'
import { ended, isAlive, makePlace, type Place, until } from './place.js'

const KEY = 'sk-canary-7f3a9c-never-seen'
const HOOK = fileURLToPath(new URL('./fixtures/tell-loaded.mjs', import.meta.url))
const GUEST = fileURLToPath(new URL('../dist/guest/main.js', import.meta.url))
/**
 * What costs a process that waits more than all of its own code. Undici is within Node too: `import 'node:http'` loads it.
 * A diff is what nobody here makes: it is loaded by `import 'node:util'`, with much else.
 */
const HEAVY = /node_modules\/(zod|undici|ws|libsql|smol-toml)\/|internal\/deps\/undici|internal\/util\/diff/

function telling() {
  const directory = makePlace()
  const loaded = join(directory.root, 'loaded')
  mkdirSync(loaded)
  const env = { NODE_OPTIONS: `--import ${HOOK}`, NACRE_TEST_LOADED: loaded }
  const loadedBy = (pid: number) => readFileSync(join(loaded, String(pid)), 'utf8').split('\n')
  const others = (pid: number) => readdirSync(loaded).filter((name) => name !== String(pid))
  return { env, loadedBy, others, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() }
}

async function usedAndStopped(place: Place): Promise<number> {
  const { pid } = await until(async () => {
    const status = await place.status()
    return status.ready ? status : undefined
  })
  // Keys come through a pipe: nothing that others can look at holds them.
  for (const file of ['cmdline', 'environ']) expect(readFileSync(`/proc/${pid}/${file}`, 'latin1')).not.toContain(KEY)
  expect(await place.run('ask', 'hello')).toMatchObject({ code: 0, stdout: 'hi there\n' })
  await place.run('stop')
  await until(() => !isAlive(pid))
  return pid
}

test('who holds the daemon has loaded no schema library and no undici, also after a call through its broker', {
  timeout: 60_000,
}, async () => {
  await using model = await modelServer(() => ({ text: 'hi there' }))
  for (const args of [['start'], ['start', '--detach']]) {
    await using told = telling()
    await using place = makePlace({ env: told.env })
    for (const [name, text] of Object.entries(usingModel(model.baseUrl, KEY))) place.configure(name, text)
    const started = ended(place.spawnCli(args))
    const pid = await usedAndStopped(place)
    expect(await started).toMatchObject({ code: 0 })
    const loaded = told.loadedBy(pid)
    expect(loaded.filter((name) => HEAVY.test(name))).toEqual([])
    expect(loaded.join('\n')).toMatch(/dist\/daemon\/supervisor\.js[\s\S]*_http_server/)
    // Somebody did read the configuration, and would have been seen doing so.
    const elsewhere = told.others(pid).flatMap((other) => told.loadedBy(Number(other)))
    expect(elsewhere.join('\n')).toMatch(/node_modules\/zod\//)
  }
  expect(model.requests.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill(`Bearer ${KEY}`))
})

test('a guest that nobody has called yet has loaded neither tools nor frames, and no client of the network', {
  timeout: 60_000,
}, async () => {
  await using told = telling()
  await using place = makePlace()
  const guest = spawn(process.execPath, [GUEST], { env: { ...place.env, ...told.env }, cwd: place.root })
  const at = (name: string) => join(place.root, name)
  const bootstrap = {
    user: 'alice',
    version: 'test',
    token: 'a token of this launch',
    paths: { log: at('log.db'), gateway: at('run/g.sock'), broker: at('run/b.sock'), workspace: place.home },
    isolation: { tier: 'process', sealed: false, words: [] },
    agents: { default: { provider: { type: 'offline', name: 'offline' }, model: 'rules', limits: { budget: {} } } },
    models: {},
    providers: {},
    concurrentTurns: 1,
    shell: { enabled: true, timeoutSecs: 1, env: {} },
  }
  guest.stdin.write(`${JSON.stringify(bootstrap)}\n`)
  const [first] = await guest.stdout.setEncoding('utf8').take(1).toArray()
  expect(first).toContain('"type":"ready"')
  const gone = ended(guest)
  guest.stdin.end()
  expect((await gone).code).toBe(0)
  const loaded = told.loadedBy(guest.pid ?? 0)
  expect(loaded.filter((name) => HEAVY.test(name))).toEqual([])
  expect(loaded.join('\n')).toMatch(/engine\/dist\/engine\.js/)
})

test('compiled code is kept where its owner alone can write, and the guest has its own', {
  timeout: 60_000,
}, async () => {
  await using place = makePlace()
  const host = join(place.home, '.local', 'state', 'nacre', 'compiled')
  mkdirSync(host, { recursive: true, mode: 0o777 })
  await place.run('start', '--detach')
  const { guests } = await place.status()
  const environ = readFileSync(`/proc/${guests[0]?.pid}/environ`, 'utf8')
  await place.run('stop')
  const guest = join(place.stateOf('alice'), 'compiled')
  expect(environ).toContain(`NODE_COMPILE_CACHE=${guest}\0`)
  expect([host, place.stateOf('alice')].map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual([
    '700',
    '700',
  ])
  // One directory each, that of this version of Node: parent and children use the same.
  for (const directory of [host, guest]) {
    const entries = readdirSync(directory, { withFileTypes: true, recursive: true })
    expect(entries.filter((entry) => entry.isDirectory())).toHaveLength(1)
    expect(entries.some((entry) => entry.isFile())).toBe(true)
  }
})
