import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ended, makePlace } from './place.js'

const KEY = 'sk-canary-88c1'

describe('config', { timeout: 60_000 }, () => {
  test('show tells every value with what set it, and never a secret', async () => {
    await using place = makePlace({ env: { NACRE__RUNTIME__MAX_TURNS: '7' } })
    place.configure(
      'providers.toml',
      `[providers.registry.work]\nprovider_type = "openai"\nbase_url = "http://h/v1?key=${KEY}"\napi_key = "${KEY}"\nextra_headers = { X-Team = "${KEY}" }\n\n[providers.registry.prog]\nprovider_type = "cli"\ncommand = "x"\nargs = ["--key", "${KEY}"]\n`,
    )
    const { stdout, code } = await place.run('config', 'show', '--origin', '--json')
    expect(code).toBe(0)
    const { keys } = JSON.parse(stdout) as { keys: { key: string; value: unknown; origin: string; file: string }[] }
    const found = (key: string) => keys.find((one) => one.key === key)
    expect(found('runtime.max_turns')).toMatchObject({ value: 7, origin: 'variable NACRE__RUNTIME__MAX_TURNS' })
    expect(found('budget.day_usd')).toMatchObject({ value: 20, origin: 'default', file: 'agent.toml' })
    const registry = 'providers.registry.work'
    expect(found(`${registry}.provider_type`)?.origin).toMatch(/providers\.toml:2$/)
    expect(found(`${registry}.api_key`)?.value).toBe('***')
    expect(found(`${registry}.extra_headers.X-Team`)?.value).toBe('***')
    expect(found(`${registry}.base_url`)?.value).toBe('http://h/v1?***')
    expect(found('providers.registry.prog.args')?.value).toEqual(['***', '***'])
    expect(found('theme')).toMatchObject({ value: 'auto', file: 'tui.toml' })
    const words = await place.run('config', 'show', '--origin')
    expect(words.stdout).toMatch(/runtime\.max_turns = 7 +# variable NACRE__RUNTIME__MAX_TURNS\n/)
    expect(stdout + words.stdout).not.toContain(KEY)
  })

  test('set changes what get says, refuses a secret as an argument, and takes it from standard input', async () => {
    await using place = makePlace()
    expect(await place.run('config', 'set', 'budget.day_usd', '5')).toMatchObject({ code: 0, stderr: '' })
    expect(await place.run('config', 'get', 'budget.day_usd')).toMatchObject({ code: 0, stdout: '5\n' })
    const name = 'providers.registry.work.api_key'
    const refused = await place.run('config', 'set', name, KEY)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('api_key_env')
    expect(refused.stderr).not.toContain(KEY)
    const child = place.spawnCli(
      ['config', 'set', 'providers.registry.work.provider_type', 'openai', name, '-'],
      {},
      'pipe',
    )
    child.stdin?.end(`${KEY}\n`)
    expect(await ended(child)).toMatchObject({ code: 0 })
    const file = join(place.home, '.config', 'nacre', 'providers.toml')
    expect(readFileSync(file, 'utf8')).toContain(`api_key = "${KEY}"\n`)
    expect(await place.run('config', 'get', name)).toMatchObject({ stdout: '***\n' })
    expect(await place.run('config', 'unset', 'budget.day_usd')).toMatchObject({ code: 0 })
    expect(await place.run('config', 'get', 'budget.day_usd')).toMatchObject({ stdout: '20\n' })
    expect(await place.run('config', 'get', 'prompt')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('config set prompt'),
    })
  })

  test('set takes no more from standard input than 64 KiB', async () => {
    await using place = makePlace()
    const child = place.spawnCli(['config', 'set', 'prompt', '-'], {}, 'pipe')
    child.stdin?.on('error', () => undefined).end('x'.repeat(65_537))
    expect(await ended(child)).toMatchObject({ code: 2, stderr: expect.stringContaining('65536 bytes') })
  })

  test('path and schema tell where the files are and what they may hold', async () => {
    await using place = makePlace()
    const { stdout } = await place.run('config', 'path', '--json')
    const { files } = JSON.parse(stdout) as { files: { kind: string; path: string }[] }
    expect(files.map(({ kind }) => kind)).toEqual(['providers', 'agent', 'runner', 'user', 'tui'])
    expect(files[3]?.path).toBe(join(place.home, '.config/nacre/users/alice.toml'))
    const schema = JSON.parse((await place.run('config', 'schema', 'tui')).stdout) as object
    expect(schema).toMatchObject({ title: 'tui.toml', additionalProperties: false })
    expect((await place.run('config', 'schema', 'tiu')).code).toBe(2)
  })
})
