import { userId } from '@nacre/types'
import { expect, test } from 'vitest'
import { planDaemon } from '../src/daemon/plan.ts'
import { userPaths } from '../src/paths.ts'
import { machine } from './config-home.ts'

const USER = userId('alice')
const tools = { tool_call: true, cost: { input: 1, output: 1 } }

async function planned(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  const { home } = machine(files)
  const flags = { insecure: false, json: false } as never
  const paths = userPaths(USER, env, home, 0)
  return planDaemon({
    user: USER,
    flags,
    words: [],
    paths,
    env,
    home,
    uid: 0,
    version: '1',
    program: 'runner',
    table: NO_COMMANDS,
  })
}
const NO_COMMANDS = { commands: [], groups: [] }
const providers = (text: string) => ({ 'own/providers.toml': text })
const agent = (provider: string, model: string) => ({
  'own/agent.toml': `[selection]\nprovider = "${provider}"\nmodel = "${model}"\n`,
})
const namesOf = ({ bootstrap }: Awaited<ReturnType<typeof planned>>) => Object.keys(bootstrap.models)

test('without a configuration the offline model is all there is, and the broker has no route', async () => {
  const plan = await planned({}, { ANTHROPIC_API_KEY: 'sk-canary-unused' })
  expect(namesOf(plan)).toEqual(['offline/offline'])
  expect([plan.routes, plan.secrets]).toEqual([[], []])
})

test('of a vendor that is used all its models with tools are offered, and to no other vendor there is a route', async () => {
  const plan = await planned(agent('anthropic', 'claude-sonnet-4-5'), {
    ANTHROPIC_API_KEY: 'sk-canary-1',
    OPENAI_API_KEY: 'sk-canary-2',
  })
  const names = namesOf(plan)
  expect(names[0]).toBe('anthropic/claude-sonnet-4-5')
  expect(names.length).toBeGreaterThan(3)
  expect(names.filter((name) => !/^(anthropic|offline)\//.test(name))).toEqual([])
  expect(plan.routes.map(({ name }) => name)).toEqual(['anthropic'])
  expect(JSON.stringify(plan.bootstrap)).not.toContain('canary')
  expect(JSON.stringify(plan.bootstrap).length).toBeLessThan(20_000)
})

test('someone else’s server that speaks a vendor’s language is not believed to have its models', async () => {
  const entry = '[providers.registry.mine]\nprovider_type = "openai"\nbase_url = "http://10.0.0.1/v1"\n'
  const mine = await planned({ ...providers(entry), ...agent('mine', 'gpt-4o-mini') })
  expect(namesOf(mine)).toEqual(['mine/gpt-4o-mini', 'offline/offline'])
  const proxy = '[providers.registry.openai]\nbase_url = "http://10.0.0.1/v1"\n'
  expect(namesOf(await planned({ ...providers(proxy), ...agent('openai', 'gpt-4o-mini') })).length).toBeGreaterThan(3)
})

test('no more than 512 are offered, the configured ones among them, and none whose name no address can hold', async () => {
  const many = Object.fromEntries(Array.from({ length: 700 }, (_, n) => [`m${n}`, tools]))
  const catalog = JSON.stringify({ mine: { models: { '../../secrets': tools, 'a b?c#d': tools, ...many } } })
  const entry = (type: string) =>
    `[providers.registry.mine]\nprovider_type = "${type}"\nbase_url = "http://10.0.0.1/v1"\nmodels = ["own"]\n`
  const plan = await planned({ 'own/catalog.json': catalog, ...providers(entry('gemini')) })
  expect(namesOf(plan)).toHaveLength(512)
  expect(plan.bootstrap.models['mine/own']).toEqual({ contextTokens: 128_000, maxOutputTokens: 8192 })
  expect(namesOf(plan)).not.toContain('mine/../../secrets')
  for (const target of Object.values(plan.routes[0]?.targets ?? {})) expect(target).toMatch(/^http:\/\/10\.0\.0\.1\/v1/)
  expect(JSON.stringify(plan.bootstrap).length).toBeLessThan(256 * 1024)
})
