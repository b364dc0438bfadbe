import { describe, expect, test } from 'vitest'
import { makePlace } from './place.js'

type Told = { readonly session: string; readonly title: string; readonly status: string; readonly seq: number }
const lines = (text: string): readonly Told[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

describe('sessions', { timeout: 60_000 }, () => {
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
})
