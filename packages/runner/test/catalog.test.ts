import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { replayServer } from '@nacre/providers/testing'
import { describe, expect, test } from 'vitest'
import { modelServer, usingModel } from './model-server.js'
import { makePlace, type Place } from './place.js'

const fetchedFile = (place: Place) => join(place.home, '.local', 'state', 'nacre', 'catalog.json')
const served = (catalog: unknown) => ({
  status: 200,
  headers: {},
  body: new TextEncoder().encode(JSON.stringify(catalog)),
})
const own = { openai: { models: { 'gpt-4o': { cost: { input: 9 } }, mine: { limit: { context: 10, output: 5 } } } } }

describe('catalog', () => {
  test('show tells a provider, a model, or whom you may have meant; what it prints as JSON can be a file', async () => {
    await using place = makePlace()
    const { stdout } = await place.run('catalog', 'show', 'anthropic')
    expect(stdout).toMatch(/^model +context +output/)
    expect(stdout).toMatch(/^anthropic\/claude-sonnet-4-5 +200000 +64000 +3 +15 +tools reasoning image$/m)
    const one = await place.run('catalog', 'show', 'openai/gpt-4o-mini', '--json')
    expect(JSON.parse(one.stdout)).toMatchObject({ openai: { models: { 'gpt-4o-mini': { cost: { input: 0.15 } } } } })
    place.configure('catalog.json', one.stdout)
    expect(await place.run('catalog', 'verify')).toMatchObject({ code: 0 })
    const unknown = await place.run('catalog', 'show', 'openai/gpt-4o-mni')
    expect(unknown).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/knows no openai\/gpt-4o-mni[\s\S]*openai\/gpt-4o-mini/),
    })
  })

  test('a file of one’s own holds above what ships, and diff tells in what', async () => {
    await using place = makePlace()
    expect(await place.run('catalog', 'diff')).toMatchObject({ code: 0, stdout: '' })
    place.configure('catalog.json', JSON.stringify(own))
    expect((await place.run('catalog', 'diff')).stdout).toBe('~ openai/gpt-4o  cost.input 2.5 -> 9\n+ openai/mine\n')
    const { changes } = JSON.parse((await place.run('catalog', 'diff', '--json')).stdout)
    expect(changes).toMatchObject([
      { type: 'changed', fields: [{ field: 'cost.input', before: 2.5, after: 9 }] },
      { type: 'added' },
    ])
  })

  test('verify names each layer and what is wrong in it; a broken file of a person lets nothing begin', async () => {
    await using place = makePlace()
    expect(JSON.parse((await place.run('catalog', 'verify', '--json')).stdout)).toMatchObject({
      ok: true,
      pinned_at: expect.stringMatching(/^20\d\d-\d\d-\d\d$/),
      layers: [{ layer: 'pinned', path: null, problems: [] }],
    })
    place.configure('catalog.json', '{"openai":{"models":{"gpt-4o":{"cost":{"input":"cheap"}}}}}')
    const wrong = await place.run('catalog', 'verify')
    expect(wrong).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/user +0 models +\/.*catalog\.json\n +openai\/gpt-4o: cost\.input: /),
    })
    for (const command of [
      ['catalog', 'show'],
      ['start', '--detach'],
    ])
      expect(await place.run(...command)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/catalog\.json: openai\/gpt-4o: .*\n.*catalog verify/),
      })
  })

  test('fetch takes what a server sends for all to come, below the files of people, and says what changed', async () => {
    await using place = makePlace()
    const models = { 'gpt-4o': { cost: { input: 1, output: 2 } }, young: {}, odd: 3 }
    await using server = await replayServer([
      served({ openai: { name: 'OpenAI', npm: 'x', models } }),
      served({ openai: { models: {} } }),
    ])
    const fetched = await place.run('catalog', 'fetch', '--url', `${server.url}/api.json`, '--json')
    expect(fetched).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(fetched.stdout)).toEqual({
      path: fetchedFile(place),
      models: 2,
      added: 1,
      removed: 0,
      changed: 1,
      left_out: [expect.stringContaining('openai/odd')],
    })
    place.configure('catalog.json', JSON.stringify(own))
    const show = await place.run('catalog', 'show', 'openai/gpt-4o', '--json')
    expect(JSON.parse(show.stdout).openai.models['gpt-4o'].cost).toMatchObject({
      input: 9,
      output: 2,
      cache_read: 1.25,
    })
    // An empty answer replaces nothing.
    const before = readFileSync(fetchedFile(place), 'utf8')
    expect(await place.run('catalog', 'fetch', '--url', server.url)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Nothing was changed'),
    })
    expect(readFileSync(fetchedFile(place), 'utf8')).toBe(before)
    // What was fetched and got broken is passed over, and verify tells.
    writeFileSync(fetchedFile(place), 'broken')
    expect(await place.run('catalog', 'show', 'openai/gpt-4o')).toMatchObject({ code: 0 })
    expect(await place.run('catalog', 'verify')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('is not JSON'),
    })
  })

  test('takes prices over no open line, and says what it does', async () => {
    await using place = makePlace()
    for (const url of ['http://models.example/api.json', 'file:///etc/passwd', 'nowhere'])
      expect(await place.run('catalog', 'fetch', '--url', url)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('https'),
      })
    for (const words of [[], ['melt'], ['show', 'a', 'b'], ['toString']])
      expect((await place.run('catalog', ...words)).code).toBe(2)
    expect((await place.run('--help')).stdout).toContain('catalog fetch')
  })

  test('a price of one’s own is what a budget counts with', { timeout: 60_000 }, async () => {
    await using place = makePlace()
    place.configure(
      'providers.toml',
      '[providers.registry.house]\nprovider_type = "openai"\nbase_url = "http://127.0.0.1:1/v1"\n',
    )
    place.configure('agent.toml', '[selection]\nprovider = "house"\nmodel = "m"\n[budget]\nturn_usd = 1\n')
    expect((await place.run('start', '--detach')).stderr).toContain('no price of house/m is known')
    place.configure('catalog.json', JSON.stringify({ house: { models: { m: { cost: { input: 1, output: 1 } } } } }))
    expect(await place.run('start', '--detach')).toMatchObject({ code: 0, stderr: '' })
  })
  test('a model is asked for no more than the catalog knows it gives, and a name nearby is told', {
    timeout: 60_000,
  }, async () => {
    await using model = await modelServer(() => ({ text: 'short' }))
    await using place = makePlace()
    for (const [file, text] of Object.entries(usingModel(model.baseUrl, 'sk-test'))) place.configure(file, text)
    place.configure(
      'catalog.json',
      JSON.stringify({ local: { models: { test: { limit: { output: 300 } }, tests: {} } } }),
    )
    await place.run('start', '--detach')
    expect(await place.run('ask', 'hello')).toMatchObject({ code: 0, stdout: 'short\n' })
    expect(JSON.parse(model.requests[0]?.body ?? '')).toMatchObject({ max_tokens: 300 })
    place.configure('agent.toml', '[selection]\nprovider = "local"\nmodel = "tets"\n')
    await place.run('restart')
    expect((await place.run('ask', 'hello')).stderr).toContain('NO PRICE is known for local/tets')
    expect((await place.run('status')).stdout).toContain('Known are local/test')
  })
})
