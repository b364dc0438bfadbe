import { describe, expect, it } from 'vitest'
import { detectKeys, findKey } from '../src/config/api-key.ts'
import { machine } from './config-home.ts'

const ENV = { NAMED: 'n', OPENAI_API_KEY: 'o', ANTHROPIC_API_KEY: 'a', API_KEY: 'any' }

/** The key of provider `p`, and from where. */
async function keyOf(entry: string, env: Record<string, string>): Promise<readonly [string, string] | undefined> {
  const { load, at } = machine({ 'own/providers.toml': `[providers.registry.p]\n${entry}` })
  const provider = (await load()).providers.get('p')
  const found = provider && findKey(provider, env)
  return found && [found.key.reveal(), found.from.replace(at('own'), '~')]
}

describe('a key', () => {
  it('is the value, else the variable that is named, else the vendor’s, else API_KEY', async () => {
    const openai = 'provider_type = "openai"'
    expect(await keyOf(`${openai}\napi_key_env = "NAMED"\napi_key = "v"`, ENV)).toEqual([
      'v',
      'api_key in ~/providers.toml:4',
    ])
    expect(await keyOf(`${openai}\napi_key_env = "NAMED"`, ENV)).toEqual(['n', 'variable NAMED'])
    expect(await keyOf(`${openai}\napi_key_env = "GONE"`, ENV)).toEqual(['o', 'variable OPENAI_API_KEY'])
    expect(await keyOf('provider_type = "anthropic"', ENV)).toEqual(['a', 'variable ANTHROPIC_API_KEY'])
    expect(await keyOf(openai, { ...ENV, OPENAI_API_KEY: '' })).toEqual(['any', 'variable API_KEY'])
    expect(await keyOf(openai, { ANTHROPIC_API_KEY: 'a' })).toBeUndefined()
    expect(await keyOf('provider_type = "offline"', ENV)).toBeUndefined()
  })

  it('from a variable of ours says so', async () => {
    const config = await machine({}).load({ env: { NACRE__PROVIDERS__REGISTRY__OPENAI__API_KEY: '12345' } })
    const provider = config.providers.get('openai')
    const found = provider && findKey(provider, {})
    expect(found?.key.reveal()).toBe('12345')
    expect(found?.from).toBe('api_key in variable NACRE__PROVIDERS__REGISTRY__OPENAI__API_KEY')
  })

  it('may not be among the variables that commands see', async () => {
    for (const name of ['OPENAI_API_KEY', 'API_KEY', 'MINE', 'NACRE__X']) {
      const { refusal } = machine({
        'own/agent.toml': `\ntools.shell.env_keys = ["LANG", "${name}"]`,
        'own/providers.toml': 'providers.registry.openai.api_key_env = "MINE"',
      })
      expect(await refusal()).toContain(`agent.toml:2:1: tools.shell.env_keys lists ${name}`)
    }
  })
})

describe('a hint', () => {
  it('names variables and entries that are there, and no value', async () => {
    const { load } = machine({
      'own/providers.toml': [
        '[providers.registry.work]\nprovider_type = "anthropic"\napi_key_env = "WORK_KEY"',
        '[providers.registry.local]\nprovider_type = "openai"\nbase_url = "http://127.0.0.1:11434/v1"',
        '[providers.registry.ollama]\nprovider_type = "openai"\nbase_url = "http://gpu.lan/v1"',
      ].join('\n'),
    })
    const { providers } = await load()
    const env = { OPENAI_API_KEY: 'CANARY', ANTHROPIC_API_KEY: '', WORK_KEY: 'CANARY', OLLAMA_HOST: 'h', API_KEY: 'x' }
    const hints = detectKeys(env, providers)
    expect(hints).toEqual([
      { name: 'OPENAI_API_KEY', provider: 'openai' },
      { name: 'WORK_KEY', provider: 'work' },
      { name: 'OLLAMA_HOST', provider: 'ollama' },
      { name: 'providers.registry.local', provider: 'local' },
      { name: 'providers.registry.ollama', provider: 'ollama' },
    ])
    expect(JSON.stringify(hints)).not.toContain('CANARY')
    expect(detectKeys({})).toEqual([])
  })
})
