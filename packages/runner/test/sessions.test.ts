import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { makePlace } from './place.js'

type Told = { readonly session: string; readonly title: string; readonly status: string; readonly seq: number }
const lines = (text: string): readonly Told[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

describe('sessions', { timeout: 60_000 }, () => {
  test('are renamed, archived and deleted, with the daemon and without it', async () => {
    await using place = makePlace()
    await place.run('start', '--detach')
    for (const daemon of [true, false]) {
      if (daemon) for (const words of ['one', 'two', 'three', 'four']) await place.run('ask', words)
      else await place.run('stop')
      const titles = async (...args: string[]) =>
        lines((await place.run('sessions', '--json', ...args)).stdout).map(({ title }) => title)
      const [first = '', second = ''] = await titles()
      expect(await place.run('sessions', 'rename', first, `${first}`, 'renamed')).toMatchObject({ code: 0 })
      expect(await titles()).toContain(`${first} renamed`)
      expect((await place.run('sessions', 'rename', second)).code).toBe(2)
      expect((await place.run('sessions', 'rename', second, 'x'.repeat(201))).code).toBe(2)
      expect(await place.run('sessions', 'show', 'nobody')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('See them: runner sessions'),
      })
      expect((await place.run('sessions', 'archive', second)).code).toBe(0)
      expect(await titles()).not.toContain(second)
      expect(await titles('--archived')).toContain(second)
      expect((await place.run('sessions', '--archived')).stdout.match(/, archived/g)).toHaveLength(1)
      expect((await place.run('sessions', 'unarchive', second)).code).toBe(0)
      expect(await titles()).toContain(second)
      expect(await place.run('sessions', 'delete', second)).toMatchObject({
        code: 4,
        stderr: expect.stringContaining('--yes'),
      })
      expect(await titles()).toContain(second)
      expect(await place.run('sessions', 'delete', second, '--yes', '--json')).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('"deleted":true'),
      })
      expect(await titles('--archived')).not.toContain(second)
    }
  })

  test('are listed, shown and copied, with the daemon and without it, in the same words', async () => {
    await using place = makePlace()
    expect(await place.run('sessions')).toMatchObject({ code: 0, stdout: 'There are no sessions yet.\n' })
    expect((await place.run('sessions', 'show', 'x')).code).toBe(1)
    await place.run('start', '--detach')
    await place.run('ask', 'read notes.md')
    await place.run('ask', 'help')
    const [newest, oldest] = lines((await place.run('sessions', '--json')).stdout)
    expect([newest?.title, oldest?.title]).toEqual(['help', 'read notes.md'])
    const id = oldest?.session ?? ''
    const asked = async () => [
      await place.run('sessions', 'list', '--json'),
      await place.run('sessions'),
      await place.run('sessions', 'show', id.slice(0, 6)),
      await place.run('sessions', 'show', 'help', '--json'),
    ]
    const live = await asked()
    expect(live.map(({ code }) => code)).toEqual([0, 0, 0, 0])
    expect(live[1]?.stdout).toMatch(new RegExp(`^session .*title\n.*help\n${id} .*read notes.md\n$`))
    expect(live[2]?.stdout).toMatch(/turns +1\n/)
    expect(JSON.parse(live[3]?.stdout ?? '')).toMatchObject({ title: 'help', turns: 1, calls: 1, cost_micro_usd: 0 })
    await place.run('stop')
    expect(await asked()).toEqual(live)
    for (const daemon of [false, true]) {
      if (daemon) await place.run('start', '--detach')
      const [copy] = lines((await place.run('sessions', 'fork', id, '--json')).stdout)
      expect(copy).toMatchObject({ title: 'read notes.md', status: 'idle' })
      expect(copy?.session).not.toBe(id)
      expect((await place.run('sessions', 'fork', id, '--up-to', '1000000')).code).not.toBe(0)
    }
    expect(lines((await place.run('sessions', '--json')).stdout)).toHaveLength(4)
  })

  test('say that their last turn failed, with the daemon and without it', async () => {
    const vendor = createServer((_, response) => response.writeHead(401).end())
    await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve))
    const baseUrl = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}/v1`
    await using place = makePlace()
    place.configure(
      'agent.toml',
      `[selection]\nprovider = "house"\nmodel = "m"\n[providers.registry.house]\nprovider_type = "openai"\nbase_url = "${baseUrl}"\napi_key = "sk-x"\n`,
    )
    await place.run('start', '--detach')
    expect((await place.run('ask', 'help')).code).toBe(1)
    const [one] = lines((await place.run('sessions', '--json')).stdout)
    expect(one).toMatchObject({ status: 'idle', failed: true })
    const said = async () => [await place.run('sessions'), await place.run('sessions', 'show', 'help')]
    const live = await said()
    expect(live[0]?.stdout).toMatch(/ failed +2\d\d\d-/)
    expect(live[1]?.stdout).toMatch(/status +failed\n/)
    expect((await place.run('status')).stdout).toMatch(/ failed +help\n/)
    const logged = (await place.run('logs')).stdout
    expect(logged).toMatch(
      new RegExp(`warn a turn failed; why: runner events --session ${one?.session} code="unauthenticated"\n`),
    )
    await place.run('stop')
    expect(await said()).toEqual(live)
    expect(lines((await place.run('sessions', '--json')).stdout)).toEqual([one])
    vendor.close()
  })
})
