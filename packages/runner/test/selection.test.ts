import { type Client, fold, lift, type SessionId, type SessionState } from '@nacre/client'
import { describe, expect, test } from 'vitest'
import { modelServer } from './model-server.js'
import { makePlace, type Place } from './place.js'

const entry = (name: string, baseUrl: string, models: readonly string[]) =>
  `[providers.registry.${name}]\nprovider_type = "openai"\nbase_url = "${baseUrl}"\napi_key = "sk-${name}"\nmodels = ${JSON.stringify(models)}\n`
const facts = (dollars: number) => ({
  cost: { input: dollars, output: dollars },
  tool_call: true,
  limit: { context: 50_000, output: 4_000 },
  modalities: { input: ['text', 'image'] },
})
const catalog = JSON.stringify({
  one: { models: { m: facts(1), 'from-the-catalog': facts(4), embeds: { ...facts(1), tool_call: false } } },
  two: { models: { n: facts(2) } },
})
const AGENTS = '[agents.helper]\nprompt = "You are a helper."\ndescription = "helps"\n'
const agentToml = (more = '') =>
  `[selection]\nprovider = "one"\nmodel = "m"\n[budget]\nsession_tokens = 1000000\n${more}${AGENTS}`

/** Sends a message, and what the session is as soon as its turn is over. */
async function asked(client: Client, session: SessionId, text: string | undefined): Promise<SessionState> {
  const { input } = text === undefined ? await client.compact(session) : await client.send(session, text)
  const stop = new AbortController()
  let state = fold([])
  for await (const item of client.watch(session, { after: 0, signal: stop.signal })) {
    if (item.kind === 'stored') state = fold([lift(item.event)], state)
    if (state.turns.some(({ turn }) => (turn as string) === input)) stop.abort()
  }
  return state
}
const lastStep = (state: SessionState) => state.turns.at(-1)?.steps.at(-1)

async function withClient<T>(place: Place, use: (client: Client) => Promise<T>): Promise<T> {
  const client = place.client()
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}

describe('selecting a model in a session', { timeout: 60_000 }, () => {
  test('has the other one asked, at its own price, names it in the step, and outlives a restart', async () => {
    await using one = await modelServer(() => ({ text: 'from one' }))
    await using two = await modelServer(() => ({ text: 'from two' }))
    await using place = makePlace()
    place.configure('catalog.json', catalog)
    place.configure('providers.toml', entry('one', one.baseUrl, ['m']) + entry('two', two.baseUrl, ['n', 'unknown']))
    place.configure('agent.toml', agentToml())
    expect(await place.run('start', '--detach')).toMatchObject({ code: 0, stderr: '' })
    const session = await withClient(place, async (client) => {
      const { session } = await client.createSession()
      expect(lastStep(await asked(client, session, 'hello'))).toMatchObject({
        provider: 'one',
        model: 'm',
        end: { parts: [{ text: 'from one' }], spent: { microUsd: 15 } },
      })
      await client.select(session, { model: 'two/n' })
      expect(lastStep(await asked(client, session, 'hello'))).toMatchObject({
        provider: 'two',
        model: 'n',
        end: { parts: [{ text: 'from two' }], spent: { microUsd: 30 } },
      })
      expect(await client.sessions()).toMatchObject([{ agent: 'default', model: 'two/n' }])
      const { budget, ...usage } = await client.usage(session)
      expect(usage).toMatchObject({ calls: 2, input_tokens: 20, output_tokens: 10, cost_micro_usd: 45 })
      expect(budget.session).toMatchObject({ limit_tokens: 1_000_000, spent_micro_usd: 45, spent_tokens: 30 })
      expect(budget.day).toMatchObject({ spent_micro_usd: 45 })
      return session
    })
    expect([one.requests.length, two.requests.length]).toEqual([1, 1])
    expect(two.requests[0]?.headers.authorization).toBe('Bearer sk-two')

    await place.run('restart')
    await withClient(place, async (client) => {
      expect(lastStep(await asked(client, session, 'still you?'))).toMatchObject({ provider: 'two', model: 'n' })
      await client.select(session, { agent: 'helper' })
      expect(lastStep(await asked(client, session, 'and now?'))).toMatchObject({ provider: 'one', model: 'm' })
    })
    expect(one.requests.at(-1)?.body).toContain('You are a helper.')
  })

  test('is of what the configuration uses anyway, whatever else there is a key for', async () => {
    await using one = await modelServer(() => ({ text: 'x' }))
    await using place = makePlace({ env: { ANTHROPIC_API_KEY: 'sk-unused-but-set' } })
    place.configure('catalog.json', catalog)
    place.configure('providers.toml', entry('one', one.baseUrl, ['m']) + entry('two', one.baseUrl, ['n', 'unknown']))
    place.configure('agent.toml', agentToml())
    expect(await place.run('start', '--detach')).toMatchObject({ code: 0, stderr: '' })
    await withClient(place, async (client) => {
      const { agents, models } = await client.agents()
      expect(models.map(({ model }) => model).toSorted()).toEqual([
        'offline/offline',
        'one/from-the-catalog',
        'one/m',
        'two/n',
        'two/unknown',
      ])
      expect(models.find(({ model }) => model === 'two/n')).toEqual({
        model: 'two/n',
        context_tokens: 50_000,
        input_usd_per_mtok: 2,
        output_usd_per_mtok: 2,
        inputs: ['image'],
      })
      expect(models.find(({ model }) => model === 'two/unknown')).toEqual({
        model: 'two/unknown',
        context_tokens: 128_000,
      })
      expect(agents).toMatchObject([
        { name: 'default', model: 'one/m', context_tokens: 50_000, max_output_tokens: 4_000 },
        { name: 'helper', description: 'helps', budget: { session: { limit_tokens: 1_000_000 } } },
      ])
      const { session } = await client.createSession()
      await expect(client.select(session, { model: 'anthropic/claude-opus-4-5' })).rejects.toMatchObject({
        gateway: 'model_not_found',
      })
    })
  })

  test('does not offer one whose limit in dollars could not be kept, nor one that is not as required', async () => {
    await using one = await modelServer(() => ({ text: 'x' }))
    await using place = makePlace()
    place.configure('catalog.json', catalog)
    const tagged = `${entry('two', one.baseUrl, ['n'])}tags = ["eu"]\n`
    const priceless = entry('three', one.baseUrl, ['unknown'])
    place.configure('providers.toml', entry('one', one.baseUrl, ['m']) + tagged + priceless)
    const strict = '[agents.strict]\n[agents.strict.selection]\nprovider = "two"\nmodel = "n"\nrequired = ["eu"]\n'
    place.configure('agent.toml', agentToml('turn_usd = 1\n') + strict)
    expect(await place.run('start', '--detach')).toMatchObject({ code: 0, stderr: '' })
    await withClient(place, async (client) => {
      const { agents, models } = await client.agents()
      expect(models.map(({ model }) => model)).not.toContain('three/unknown')
      expect(agents.find(({ name }) => name === 'strict')?.refuses).toContain('one/m')
      const { session } = await client.createSession()
      await client.select(session, { agent: 'strict' })
      await expect(client.select(session, { model: 'one/m' })).rejects.toMatchObject({ gateway: 'model_not_found' })
    })
  })

  test('that is gone after a restart fails the turn with what to do, and the next selection mends it', async () => {
    await using one = await modelServer(() => ({ text: 'from one' }))
    await using place = makePlace()
    place.configure('providers.toml', entry('one', one.baseUrl, ['m', 'old']))
    place.configure('agent.toml', agentToml())
    expect((await place.run('start', '--detach')).code).toBe(0)
    const session = await withClient(place, async (client) => {
      const { session } = await client.createSession()
      await client.select(session, { model: 'one/old' })
      expect(lastStep(await asked(client, session, 'hello'))).toMatchObject({ model: 'old' })
      return session
    })
    place.configure('providers.toml', entry('one', one.baseUrl, ['m']))
    await place.run('restart')
    await withClient(place, async (client) => {
      const failed = await asked(client, session, 'are you there?')
      expect(failed.turns.at(-1)?.end).toMatchObject({
        outcome: 'failed',
        fault: {
          code: 'not_found',
          message: expect.stringContaining('one/old'),
          mend: expect.stringContaining('Select'),
        },
      })
      await client.select(session, { agent: 'default' })
      expect(lastStep(await asked(client, session, 'and now?'))?.end?.outcome).toBe('completed')
    })
    expect(one.requests).toHaveLength(2)
  })

  test('a day that is limited in dollars is limited for a paid model too that a session of the offline one selects', async () => {
    await using one = await modelServer(() => ({ text: 'from one' }))
    await using place = makePlace()
    place.configure('catalog.json', catalog)
    place.configure('providers.toml', entry('one', one.baseUrl, ['m']))
    place.configure('agent.toml', '[budget]\nday_usd = 0.00001\n')
    expect((await place.run('start', '--detach')).code).toBe(0)
    await withClient(place, async (client) => {
      const { session } = await client.createSession()
      await client.select(session, { model: 'one/m' })
      expect((await asked(client, session, 'hello')).turns.at(-1)?.end?.outcome).toBe('budget_exceeded')
    })
    expect(one.requests).toHaveLength(0)
  })
})

test('a compaction that is asked for leaves the next call with the summary in place of what was said', {
  timeout: 60_000,
}, async () => {
  await using one = await modelServer((text) => ({
    text: text.includes('[Nacre, not the user') ? '! the boat is blue\nWe talked of a boat.' : 'word '.repeat(500),
  }))
  await using place = makePlace()
  place.configure('providers.toml', entry('one', one.baseUrl, ['m']))
  place.configure('agent.toml', agentToml())
  expect((await place.run('start', '--detach')).code).toBe(0)
  await withClient(place, async (client) => {
    const { session } = await client.createSession()
    await asked(client, session, 'the boat is blue')
    const state = await asked(client, session, undefined)
    expect(state.turns.at(-1)).toMatchObject({ end: { outcome: 'completed' }, compact: { by: 'test' } })
    await asked(client, session, 'and now?')
    expect(await client.sessions()).toMatchObject([{ title: 'the boat is blue' }])
  })
  const last = one.requests.at(-1)?.body ?? ''
  expect(last).toContain('We talked of a boat.')
  expect(last).not.toContain('word word')
  expect(JSON.stringify(one.requests.map(({ body }) => body))).not.toContain('/compact')
})
