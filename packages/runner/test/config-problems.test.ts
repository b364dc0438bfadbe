import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../src/config/load-config.ts'
import { machine } from './config-home.ts'

/** The refusal of one agent.toml of the user, without its directory. */
async function agent(text: string): Promise<string> {
  const { refusal, at } = machine({ 'own/agent.toml': text })
  return (await refusal()).replaceAll(`${at('own')}/`, '')
}

describe('a problem', () => {
  it('of an unknown key names file, line, column and the nearest name', async () => {
    expect(await agent('[selection]\n  modle = "x"')).toBe(
      'agent.toml:2:3: unknown key selection.modle.\nDid you mean selection.model?',
    )
    expect(await agent('\n[selction]\nmodel = "x"')).toBe(
      'agent.toml:2:1: unknown key selction.\nDid you mean selection?',
    )
    expect(await agent('reliability.backoff_mx_ms = 1')).toContain('Did you mean reliability.backoff_max_ms?')
    expect(await agent('max_turns = 1')).toContain('Did you mean runtime.max_turns?')
    expect(await agent('[tools.shell]\nworkspace = 1\nzzz = 1')).toContain(
      'agent.toml:3:1: unknown key tools.shell.zzz.',
    )
    expect(await agent('workspace_root = "x"')).toBe(
      'agent.toml:1:1: unknown key workspace_root.\nIt belongs into runner.toml.',
    )
    expect(await agent('providers.registry.a.api_kye = "x"')).toContain('Did you mean providers.registry.a.api_key?')
  })

  it('of a wrong value says what was expected and what came', async () => {
    const said = (text: string) => agent(text).then((line) => line.trim())
    expect(await said('runtime.max_turns = 0')).toBe(
      'agent.toml:1:1: runtime.max_turns: expected a whole number from 1 to 1000, got 0.\nMend it there; nothing of the configuration was used.',
    )
    expect(await said('runtime.max_turns = 1.5')).toContain('got 1.5')
    expect(await said('runtime.max_turns = nan')).toContain('got NaN')
    expect(await said('runtime.max_turns = "3"')).toContain('got a text')
    expect(await said('runtime.max_turns = [3]')).toContain('got a list')
    expect(await said('runtime = 3')).toContain('runtime: expected a table, got 3')
    expect(await said('runtime = 2020-01-01')).toContain('runtime: expected a table, got a date')
    expect(await said('tools.shell.enabled = "yes"')).toContain(
      'tools.shell.enabled: expected true or false, got a text',
    )
    expect(await said('policy.privileged = "Ask"')).toContain('expected one of "allow", "ask", "deny", got "Ask"')
    expect(await said('[[policy]]\nprivileged = "ask"')).toContain(
      'agent.toml:1:1: policy: expected a table, got a list',
    )
    expect(await said('config_version = "1.0.0"')).toContain('config_version: expected "1", got "1.0.0"')
    expect(await said('[providers.registry."My Own"]\nprovider_type = "openai"')).toContain(
      'providers.registry."My Own": expected the name of a provider of 1 to 32',
    )
  })

  it('of a base URL is that it is none, or carries a user name or password', async () => {
    for (const url of ['localhost:11434', 'ftp://h', '', 'http://u@h', 'http://:p@h', 'http://u:p@h']) {
      const text = await agent(`providers.registry.p.base_url = "${url}"`)
      expect(text).toContain(
        'base_url: expected an http(s) URL without user name and password, got something else (not shown)',
      )
    }
  })

  it('of a vendor without a usual address is that the entry has none', async () => {
    for (const type of ['azure', 'vertex', 'vertex-anthropic', 'openai_compatible']) {
      const text = await agent(`providers.registry.p.provider_type = "${type}"`)
      expect(text).toContain('agent.toml:1:1: providers.registry.p.base_url is missing.')
      expect(text).toContain(`with ${type} every customer has one of their own`)
    }
  })

  it('of a program is that the entry names none', async () => {
    const text = await agent('providers.registry.p = { provider_type = "cli", args = ["--print"] }')
    expect(text).toContain('agent.toml:1:1: providers.registry.p.command is missing.')
  })

  it('of a value that a later version takes says so', async () => {
    for (const tier of ['container', 'microvm', 'micro_vm']) {
      const runner = await machine({ 'own/runner.toml': `default_tier = "${tier}"` }).refusal()
      expect(runner).toContain(`default_tier: "${tier}" is not yet in this version, expected one of "process"`)
      const user = await machine({ 'own/users/a.toml': `behavior.sandbox_tier = "${tier}"` }).refusal({ user: 'a' })
      expect(user).toContain(`"${tier}" is not yet in this version`)
    }
  })

  it('of syntax names the place and shows nothing of the line', async () => {
    const text = await agent('[providers.registry.openai]\napi_key = "sk-canary')
    expect(text).toMatch(/^agent\.toml:2:\d+: is not TOML: /)
    expect(text).not.toContain('canary')
  })

  it('is never alone: all of all files are listed, each file from its top', async () => {
    const { refusal } = machine({
      'etc/runner.toml': 'default_teir = 1',
      'own/agent.toml': 'runtime.max_turns = 0\nz = 1\nrelability = 1',
      'own/providers.toml': '[providers.registry.x]\nprovider_type = "y"\n',
      'own/users/bob.toml': 'mount = 1',
      'project/agent.toml': 'policy.privileged = "allow"',
    })
    const lines = (await refusal({ user: 'bob', env: { NACRE__NO: '1' } })).split('\n')
    expect(lines[0]).toBe('The configuration has 8 problems:')
    expect(lines.flatMap((line) => /(\w+\.toml:\d+|variable \w+):/.exec(line)?.[1] ?? [])).toEqual([
      'variable NACRE__NO',
      'runner.toml:1',
      'agent.toml:1',
      'agent.toml:2',
      'agent.toml:3',
      'providers.toml:2',
      'bob.toml:1',
      'agent.toml:1',
    ])
    const many = Array.from({ length: 300 }, (_, index) => `k${index} = 1`).join('\n')
    expect((await agent(many)).split('\n')).toHaveLength(103)
  })

  it('of keys together is told once each is right', async () => {
    expect(await agent('selection.provider = "opnai"\nselection.model = "x"')).toContain(
      'agent.toml:1:1: selection.provider names no entry of providers.registry.\nDid you mean openai?',
    )
    expect(await agent('selection.provider = "openai"')).toContain(
      'selection.provider is openai, and no model is named',
    )
    expect(await agent('reliability.backoff_base_ms = 40000')).toContain(
      'agent.toml:1:1: reliability.backoff_base_ms is more than',
    )
    expect(await agent('[providers.registry.own]\nbase_url = "http://localhost"')).toContain(
      'agent.toml:1:1: providers.registry.own.provider_type is missing',
    )
  })
})

describe('a file', () => {
  it('that is a directory, a pipe, too large or not UTF-8 is refused, and none is waited for', async () => {
    const { at, refusal } = machine({
      'own/runner.toml': new Uint8Array([0x61, 0xff, 0x0a]),
      'own/providers.toml': '#'.repeat(262_145),
    })
    mkdirSync(at('etc/agent.toml'), { recursive: true })
    execFileSync('mkfifo', [at('own/agent.toml')])
    const text = await refusal()
    expect(text).toContain(`${at('own/agent.toml')}: is not a regular file.`)
    expect(text).toContain(`${at('etc/agent.toml')}: is not a regular file.`)
    expect(text).toContain('runner.toml: is not UTF-8.')
    expect(text).toContain('providers.toml: has more than 262144 bytes.')
  })

  it('may have keys that look like parts of an object, and none of them becomes one', async () => {
    for (const name of ['__proto__', 'constructor', '"__proto__"']) {
      expect(await agent(`${name}.polluted = 1`)).toContain(
        'agent.toml:1:1: is not TOML: document contains an unsafe property',
      )
    }
    expect(await agent('toString = 1\nhasOwnProperty = 2')).toContain('unknown key toString.')
    expect({}).not.toHaveProperty('polluted')
  })

  it('cannot write to the terminal through a message', async () => {
    const text = await agent('"\\u001b]0;title\\u0007\\u202e" = 1\nselection.provider = "offline"')
    expect(text).toContain('unknown key')
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{C}]/u)
  })
})

describe('a secret', () => {
  it('shows in no message, wherever in the files it stands', async () => {
    const keys = [
      'api_key',
      'api_key_env',
      'base_url',
      'api_kee',
      'extra_headers',
      'provider_type',
      'extra_headers.X-Key',
    ]
    const value = fc.constantFrom(
      '"sk-CANARY 1"',
      '["sk-CANARY"]',
      '{ a = "sk-CANARY" }',
      '"http://u:sk-CANARY@h"',
      '"sk-CANARY',
      'sk-CANARY',
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...keys), value, async (key, text) => {
        expect(await agent(`[providers.registry.p]\n${key} = ${text}`)).not.toContain('CANARY')
      }),
      { numRuns: 60 },
    )
    for (const key of ['api_key', 'api_key_env', 'extra_headers.X-Key'])
      expect(await agent(`[providers.registry.p]\n${key} = 8675309`)).not.toContain('8675309')
    const { refusal } = machine({})
    const env = {
      NACRE__PROVIDERS__REGISTRY__OPENAI__API_KEY: 'sk-CANARY 1',
      NACRE__PROVIDERS__REGISTRY__OPENAI__BASE_URL: 'sk-CANARY',
    }
    expect(await refusal({ env })).not.toContain('CANARY')
  })

  it('shows in nothing that a configuration prints as', async () => {
    const { home, cwd } = machine({
      'own/providers.toml': '[providers.registry.openai]\napi_key = "sk-CANARY"\nextra_headers = { X-Key = "CANARY" }',
    })
    const config = await loadConfig({ env: {}, home, cwd })
    const openai = config.providers.get('openai')
    expect(openai?.type === 'openai' && openai.apiKey?.key.reveal()).toBe('sk-CANARY')
    expect(openai?.type === 'openai' && openai.extraHeaders.get('X-Key')?.reveal()).toBe('CANARY')
    const shown = [
      inspect(config, { depth: 20, showHidden: true }),
      JSON.stringify([...config.providers.values()]),
      JSON.stringify(config),
    ]
    for (const text of [...shown, `${openai?.type === 'openai' && openai.apiKey?.key}`])
      expect(text).not.toContain('CANARY')
  })
})
