import { VENDORS, type Vendor } from '@nacre/providers'
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

  it('in the variable of a vendor is for that vendor’s own server, and one in API_KEY for none of them', async () => {
    for (const [vendor, { baseUrl, key }] of Object.entries<Vendor>(VENDORS)) {
      const { variable = 'NONE' } = key
      const env = { [variable]: 'own', API_KEY: 'any' }
      const isAny = ['openai', 'anthropic', 'openai_compatible'].includes(vendor)
      const at = (url: string) => keyOf(`provider_type = "${vendor}"\nbase_url = "${url}"`, env)
      const own = key.variable && ['own', `variable ${variable}`]
      const any = isAny ? ['any', 'variable API_KEY'] : undefined
      if (baseUrl !== undefined) {
        expect([vendor, await keyOf(`provider_type = "${vendor}"`, env)]).toEqual([vendor, own ?? any])
        const { origin, hostname } = new URL(baseUrl)
        expect([vendor, await at(`${origin}/other/v1`)]).toEqual([vendor, own ?? any])
        expect([vendor, await at(`https://${hostname}.evil.test/v1`)]).toEqual([
          vendor,
          isAny ? (own ?? any) : undefined,
        ])
      }
      const elsewhere = isAny || vendor === 'azure' ? (own ?? any) : undefined
      expect([vendor, await at('http://10.0.0.1/v1')]).toEqual([vendor, elsewhere])
    }
    const named = 'provider_type = "groq"\nbase_url = "https://proxy.test/v1"\napi_key_env = "GROQ_API_KEY"'
    expect(await keyOf(named, { GROQ_API_KEY: 'own' })).toEqual(['own', 'variable GROQ_API_KEY'])
  })

  it('from a variable of ours says so', async () => {
    const config = await machine({}).load({ env: { NACRE__PROVIDERS__REGISTRY__OPENAI__API_KEY: '12345' } })
    const provider = config.providers.get('openai')
    const found = provider && findKey(provider, {})
    expect(found?.key.reveal()).toBe('12345')
    expect(found?.from).toBe('api_key in variable NACRE__PROVIDERS__REGISTRY__OPENAI__API_KEY')
  })

  it('may not be among the variables that commands see', async () => {
    for (const name of ['OPENAI_API_KEY', 'GROQ_API_KEY', 'HF_TOKEN', 'API_KEY', 'MINE', 'NACRE__X']) {
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
      { name: 'providers.registry.ollama', provider: 'ollama' },
      { name: 'providers.registry.local', provider: 'local' },
    ])
    expect(JSON.stringify(hints)).not.toContain('CANARY')
    expect(detectKeys({}, (await machine({}).load()).providers)).toEqual([])
  })

  it('is there for the variable of each vendor, once', () => {
    const variables = Object.values<Vendor>(VENDORS).flatMap(({ key }) => key.variable ?? [])
    const hints = detectKeys(Object.fromEntries(variables.map((name) => [name, 'CANARY'])))
    expect(hints.map(({ name }) => name)).toEqual([...new Set(variables)])
    expect(hints).toContainEqual({ name: 'GROQ_API_KEY', provider: 'groq' })
    expect(hints).toContainEqual({ name: 'OPENAI_API_KEY', provider: 'openai' })
  })
})
