import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { modelServer, usingModel } from './model-server.js'
import { filesBelow, makePlace } from './place.js'
import { leaksIn } from './secrets-spelled.js'

const KEY = 'sk-canary-7f3a9c-never-seen'
const ENV_CANARY = 'env-canary-51d2b8-never-seen'

test('keys of the host are found nowhere in the guest, its commands, files, log or events', {
  timeout: 60_000,
}, async () => {
  // Its own environment, its parent's (the guest), and that of every process of its session, the watcher too.
  const session = 'cut -d" " -f6'
  const look = `env; for each in $PPID $(cd /proc && for pid in [0-9]*; do
    [ "$(${session} $pid/stat 2>/dev/null)" = "$(${session} /proc/$$/stat)" ] && echo $pid; done); do
    cat /proc/$each/environ /proc/$each/cmdline | tr "\\0" "\\n"; done`
  await using model = await modelServer((_, round) =>
    round === 0 ? { text: '', calls: [{ name: 'shell_exec', args: { command: look } }] } : { text: 'I have looked.' },
  )
  await using place = makePlace({ env: { OPENAI_API_KEY: ENV_CANARY, SOME_SECRET: ENV_CANARY } })
  for (const [name, text] of Object.entries(usingModel(model.baseUrl, KEY))) place.configure(name, text)
  expect((await place.run('start', '--detach')).code).toBe(0)

  const asked = await place.run('ask', '--yes', '--json', 'look around')
  expect(asked).toMatchObject({ code: 0 })
  // The command did look: at the guest, and at its watcher.
  for (const seen of ['PATH=', 'guest/main.js', 'nacre-watcher']) expect(asked.stdout).toContain(seen)
  expect(model.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`) // The broker did add the key.

  const { guests } = await place.status()
  const guest = `/proc/${guests[0]?.pid}`
  const seen = [
    asked.stdout,
    asked.stderr,
    (await place.run('events', '--json')).stdout,
    (await place.run('status', '--json')).stdout,
    readFileSync(`${guest}/environ`, 'latin1'),
    readFileSync(`${guest}/cmdline`, 'latin1'),
    ...model.requests.map(({ body }) => body),
  ]
  await place.run('stop')
  const files = filesBelow(place.home).filter((path) => !path.endsWith('providers.toml'))
  expect(files.some((path) => path.endsWith('log.db'))).toBe(true)
  for (const text of [...seen, ...files.map((path) => readFileSync(path, 'latin1'))]) {
    expect([leaksIn(text, KEY), leaksIn(text, ENV_CANARY)]).toEqual([[], []])
  }
})

test('the broker lets through the one path of its route, and nothing else', { timeout: 60_000 }, async () => {
  await using model = await modelServer(() => ({ text: 'hi' }))
  await using place = makePlace()
  for (const [name, text] of Object.entries(usingModel(model.baseUrl, KEY))) place.configure(name, text)
  await place.run('start', '--detach')
  const socketPath = join(place.runtimeOf('alice'), 'broker.sock')
  const call = (method: string, path: string) =>
    new Promise<number>((resolve, reject) => {
      const outgoing = request(
        { socketPath, method, path, headers: { 'content-type': 'application/json' } },
        (response) => {
          response.resume().once('end', () => resolve(response.statusCode ?? 0))
        },
      )
      outgoing.once('error', reject).end(method === 'POST' ? '{"messages":[]}' : undefined)
    })
  expect(await call('POST', '/local/v1/chat/completions')).toBe(200)
  const refused = [
    ['GET', '/local/v1/chat/completions'],
    ['POST', '/local/v1/models'],
    ['POST', '/local/v1/chat/completions/../models'],
    ['POST', '/openai/v1/chat/completions'],
    ['POST', '/local/v1/chat/completions?x=1'],
    ['POST', 'http://169.254.169.254/latest/meta-data'],
    ['POST', '/__proto__/x'],
  ] as const
  for (const [method, path] of refused)
    expect([path, await call(method, path)]).toEqual([
      path,
      expect.toSatisfy((code: number) => code === 403 || code === 404),
    ])
  expect(model.requests).toHaveLength(1)
})

test('a missing key is said with the variable that would hold it', { timeout: 60_000 }, async () => {
  await using place = makePlace()
  place.configure('agent.toml', '[selection]\nprovider = "openai"\nmodel = "gpt-test"\n')
  await place.run('start', '--detach')
  const { code, stderr } = await place.run('ask', 'hello')
  expect(code).toBe(1)
  expect(stderr).toContain('OPENAI_API_KEY')
})
