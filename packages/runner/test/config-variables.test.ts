import { describe, expect, it } from 'vitest'
import { machine } from './config-home.ts'

describe('a variable', () => {
  it('sets the key that it names, in whichever file that would be', async () => {
    const { load, cwd } = machine({})
    const config = await load({
      user: 'bob',
      env: {
        NACRE__RUNTIME__CONTEXT_BUDGET__FALLBACK_MAX_CONTEXT_TOKENS: '9000',
        NACRE__GATEWAY__TCP_PORT: '0',
        NACRE__MOUNTS__SHARED: 'm',
        NACRE__TOOLS__SHELL__ENV_KEYS: '["LANG", "TZ"]',
        NACRE__TOOLS__SHELL__ENABLED: 'false',
        NACRE__PROVIDERS__REGISTRY__MINE__PROVIDER_TYPE: 'openai',
        NACRE_OTHER: 'x',
        XNACRE__Y: 'x',
      },
    })
    expect(config.runtime.contextBudget.fallbackMaxContextTokens).toBe(9000)
    expect(config.gateway.tcpPort).toBe(0)
    expect(config.user?.workspace).toBe(`${cwd}/m`)
    expect(config.tools.shell).toMatchObject({ enabled: false, envKeys: ['LANG', 'TZ'] })
    expect(config.providers.get('mine')).toMatchObject({ type: 'openai' })
  })

  it.each([
    ['gpt-4.1', 'gpt-4.1'],
    ['4.1', '4.1'],
    ['true', 'true'],
    ['2024-01-01', '2024-01-01'],
    ['"quoted # text"', 'quoted # text'],
    ['a # b', 'a # b'],
    ['1\nselection = 2', '1\nselection = 2'],
    ['[x', '[x'],
  ])('that takes text takes %j as %j', async (text, model) => {
    const { load } = machine({})
    expect((await load({ env: { NACRE__SELECTION__MODEL: text } })).selection.model).toBe(model)
  })

  it('of a wrong value is named, with what was expected', async () => {
    const { refusal } = machine({})
    const said = (name: string, value: string) => refusal({ env: { [name]: value } })
    expect(await said('NACRE__RUNTIME__MAX_TURNS', 'many')).toBe(
      'variable NACRE__RUNTIME__MAX_TURNS: runtime.max_turns: expected a whole number from 1 to 1000, got a text.\nMend it there; nothing of the configuration was used.',
    )
    expect(await said('NACRE__RUNTIME__MAX_TURNS', '')).toContain('variable NACRE__RUNTIME__MAX_TURNS')
    expect(await said('NACRE__RUNTIME__MAX_TURNS', '3\nx = 1')).toContain('got a text')
    expect(await said('NACRE__TOOLS__SHELL__ENV_KEYS', '["A B"]')).toContain(
      'variable NACRE__TOOLS__SHELL__ENV_KEYS: tools.shell.env_keys.0: expected',
    )
    expect(await said('NACRE__DEFAULT_TIER', 'container')).toContain('"container" is not yet in this version')
  })

  it('that sets nothing is an error with the nearest that does', async () => {
    const { refusal } = machine({})
    const said = (name: string) => refusal({ env: { [name]: '1' } })
    expect(await said('NACRE__SELECTION__PROVIDR')).toBe(
      'variable NACRE__SELECTION__PROVIDR: sets no key that there is.\nDid you mean NACRE__SELECTION__PROVIDER?',
    )
    expect(await said('NACRE__PROVIDERS__REGISTRY__WORK__API_KEYS')).toContain(
      'Did you mean NACRE__PROVIDERS__REGISTRY__WORK__API_KEY?',
    )
    expect(await said('NACRE__TOOLS__SHELL__ENV_KEYS__0')).toContain('Did you mean NACRE__TOOLS__SHELL__ENV_KEYS?')
    for (const name of [
      'NACRE__',
      'NACRE__SELECTION',
      'NACRE____PROTO__',
      'NACRE__CONSTRUCTOR',
      'NACRE__A__B__C__D__E__F__G',
    ])
      expect(await said(name)).toContain('sets no key that there is.')
  })
})
