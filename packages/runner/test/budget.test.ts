import { expect, test } from 'vitest'
import { modelServer, usingModel } from './model-server.js'
import { makePlace } from './place.js'

const withBudget = (model: string, budget: string) =>
  `[selection]\nprovider = "local"\nmodel = "${model}"\n[runtime]\nmax_output_tokens = 1000\n[budget]\n${budget}\n`

test('a day that is spent is spent for every session, also after a restart, and says how to go on', {
  timeout: 60_000,
}, async () => {
  await using model = await modelServer(() => ({ text: 'a cheap answer' }))
  await using place = makePlace()
  place.configure('providers.toml', usingModel(model.baseUrl, 'sk-test')['providers.toml'])
  // gpt-4o-mini: 10 input and 5 output tokens cost 5 micro-dollars; a turn is given a tenth of the day or 2 dollars.
  place.configure('agent.toml', withBudget('gpt-4o-mini', 'day_usd = 0.00001\nturn_usd = 0.00001\ncall_usd = 1'))
  expect(await place.run('start', '--detach')).toMatchObject({ code: 0, stderr: '' })
  const first = await place.run('ask', 'hello')
  expect(first).toMatchObject({ code: 6, stderr: expect.stringContaining('The limit of one turn is reached') })
  expect(model.requests).toHaveLength(0)

  place.configure('agent.toml', withBudget('gpt-4o-mini', 'day_tokens = 1000\nturn_tokens = 5000'))
  await place.run('restart')
  expect((await place.run('ask', 'hello')).stderr).toContain('is reached')

  place.configure('agent.toml', withBudget('gpt-4o-mini', 'day_tokens = 4000\nturn_tokens = 4000'))
  await place.run('restart')
  expect(await place.run('ask', 'hello')).toMatchObject({ code: 0, stdout: 'a cheap answer\n' })
  expect(model.requests).toHaveLength(1)
})

test('a limit in dollars that cannot be kept is refused; without one every session says that no price is known', {
  timeout: 60_000,
}, async () => {
  await using model = await modelServer(() => ({ text: 'who knows what it costs' }))
  await using place = makePlace()
  place.configure('providers.toml', usingModel(model.baseUrl, 'sk-test')['providers.toml'])
  place.configure('agent.toml', withBudget('house-model', 'turn_usd = 1'))
  const refused = await place.run('start', '--detach')
  expect(refused.code).toBe(2)
  expect(refused.stderr).toMatch(/agent\.toml:\d+.*budget\.turn_usd cannot be kept[\s\S]*budget\.turn_tokens/)

  place.configure('agent.toml', withBudget('house-model', 'turn_tokens = 100000'))
  expect((await place.run('start', '--detach')).code).toBe(0)
  expect((await place.run('ask', 'hello')).stderr).toContain('NO PRICE is known for local/house-model')
})
