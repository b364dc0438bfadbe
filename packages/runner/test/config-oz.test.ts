import { describe, expect, it } from 'vitest'
import { findKey } from '../src/config/api-key.ts'
import { type Config, isHttp } from '../src/config/config.ts'
import { machine } from './config-home.ts'

const KEY = 'sk-canary-7f3a9c-never-seen'
const ENV = {
  OZ_PROVIDER_CUSTOM_MODEL: 'm-1',
  OZ_PROVIDER_CUSTOM_BASE_URL: 'http://10.0.0.1/v1',
  OZ_PROVIDER_CUSTOM_API_KEY: KEY,
  OZ_PROVIDER_CUSTOM_MSG_LIMIT: '5',
  OZ_PROVIDER_CUSTOM_WINDOW_SECONDS: '60',
  OZ_PROVIDER_CLAUDE_MODEL: 'claude-x',
  OZ_PROVIDER_CLAUDE_TYPE: 'anthropic',
  OZ_PROVIDER_HELPER_CLI_CMD: 'helper',
  OZ_PROVIDER_HELPER_CLI_ARGS: '--print -q',
  OZ_PROVIDER_FALLBACK_ORDER: 'claude,helper',
}

const keyOf = ({ providers }: Config, name: string) => {
  const provider = providers.get(name)
  return provider && findKey(provider, {})
}

describe('variables of the control plane', () => {
  it('make entries, and select: first, then those to fall back on', async () => {
    const config = await machine({}).load({ env: ENV })
    expect(config.selection).toMatchObject({
      provider: 'custom',
      model: 'm-1',
      named: true,
      fallback: [
        { provider: 'claude', model: 'claude-x' },
        { provider: 'helper', model: 'cli' },
      ],
    })
    expect(config.providers.get('custom')).toMatchObject({
      type: 'openai_compatible',
      baseUrl: 'http://10.0.0.1/v1',
      limits: { quotas: [{ counts: 'messages', limit: 5, windowMs: 60_000, window: 'fixed' }] },
    })
    expect(config.providers.get('claude')).toMatchObject({ type: 'anthropic', baseUrl: 'https://api.anthropic.com/v1' })
    expect(config.providers.get('helper')).toMatchObject({ type: 'cli', command: 'helper', args: ['--print', '-q'] })
    const found = keyOf(config, 'custom')
    expect([found?.key.reveal(), found?.from]).toEqual([KEY, 'api_key in variables OZ_PROVIDER_CUSTOM_…'])
    expect(keyOf(config, 'claude')).toBeUndefined()
  })

  it('select by the harness that OZ_MODEL means', async () => {
    const env = {
      OZ_MODEL: 'kimi-k2',
      OZ_PROVIDER_KIMI_BASE_URL: 'http://10.0.0.2/v1',
      OZ_PROVIDER_CUSTOM_API_KEY: KEY,
    }
    const config = await machine({}).load({ env })
    expect(config.selection).toMatchObject({ provider: 'kimi', model: 'kimi-k2', fallback: [] })
    expect(config.providers.get('kimi')).toMatchObject({ type: 'moonshot', baseUrl: 'http://10.0.0.2/v1' })
  })

  it('select nothing, and nobody to fall back on, where a file does, or a variable of ours', async () => {
    const file = machine({ 'own/agent.toml': 'selection = { provider = "groq", model = "g" }' })
    expect((await file.load({ env: ENV })).selection).toMatchObject({ provider: 'groq', model: 'g', fallback: [] })
    const ours = { NACRE__SELECTION__PROVIDER: 'claude', NACRE__SELECTION__MODEL: 'c-2' }
    const config = await machine({}).load({ env: { ...ENV, ...ours } })
    expect(config.selection).toMatchObject({ provider: 'claude', model: 'c-2', fallback: [] })
    expect(config.providers.get('claude')).toMatchObject({ type: 'anthropic' })
  })

  it('give no key to an entry that a file has, wherever that leads', async () => {
    const entry =
      'providers.registry.custom = { provider_type = "openai_compatible", base_url = "https://other.test/v1" }'
    const config = await machine({ 'etc/providers.toml': entry }).load({ env: ENV })
    const provider = config.providers.get('custom')
    expect(provider && isHttp(provider) && provider.baseUrl).toBe('https://other.test/v1')
    expect(keyOf(config, 'custom')).toBeUndefined()
    expect(config.selection).toMatchObject({ provider: 'custom', model: 'm-1' })
  })

  it('are refused where they are wrong and would select, by name and never by value', async () => {
    const lost = await machine({}).refusal({ env: { OZ_PROVIDER_CUSTOM_API_KEY: KEY } })
    expect(lost).toContain('variables OZ_PROVIDER_…: No providers are configured')
    expect(lost).toContain('OZ_PROVIDER_CUSTOM_MODEL')
    const typo = await machine({}).refusal({ env: { ...ENV, OZ_PROVIDER_CUSTOM_TYPE: 'opnai' } })
    expect(typo).toContain('variables OZ_PROVIDER_CUSTOM_…: providers.registry.custom.provider_type: expected one of')
    const number = await machine({}).refusal({ env: { ...ENV, OZ_PROVIDER_CUSTOM_MSG_LIMIT: KEY } })
    expect(number).toContain('OZ_PROVIDER_CUSTOM_MSG_LIMIT is not a whole number')
    for (const text of [lost, typo, number]) expect(text).not.toContain(KEY)

    const chosen = machine({ 'own/agent.toml': 'selection = { provider = "groq", model = "g" }' })
    for (const env of [{ OZ_PROVIDER_CUSTOM_API_KEY: KEY }, { ...ENV, OZ_PROVIDER_CUSTOM_TYPE: 'opnai' }]) {
      const config = await chosen.load({ env })
      expect([config.selection.provider, config.providers.has('custom')]).toEqual(['groq', false])
    }
  })

  it('may not be among the variables that commands see', async () => {
    const { refusal } = machine({ 'own/agent.toml': 'tools.shell.env_keys = ["OZ_PROVIDER_CUSTOM_API_KEY"]' })
    expect(await refusal()).toContain('tools.shell.env_keys lists OZ_PROVIDER_CUSTOM_API_KEY')
  })
})
