import { inspect } from 'node:util'
import { ozRouting } from '@nacre/providers/routing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const CUSTOM = { OZ_PROVIDER_CUSTOM_BASE_URL: 'http://llm/v1', OZ_PROVIDER_CUSTOM_MODEL: 'm' }

describe('OZ_PROVIDER_ variables', () => {
  test('describe a provider, its quota and its key, which shows itself to nobody', () => {
    const env = {
      ...CUSTOM,
      OZ_PROVIDER_CUSTOM_TYPE: 'openai_compatible',
      OZ_PROVIDER_CUSTOM_API_KEY: 'sk-hush',
      OZ_PROVIDER_CUSTOM_MSG_LIMIT: '2',
      OZ_PROVIDER_CUSTOM_WINDOW_SECONDS: '60',
    }
    const routing = ozRouting(env, 'oz')
    expect(routing.providers).toMatchObject([
      {
        kind: 'api',
        key: 'custom',
        type: 'openai_compatible',
        model: 'm',
        baseUrl: 'http://llm/v1',
        quota: { counts: 'messages', limit: 2, windowMs: 60_000, window: 'fixed' },
      },
    ])
    const [one] = routing.providers
    expect(one?.kind === 'api' && one.apiKey?.reveal()).toBe('sk-hush')
    expect(inspect(routing, { depth: 9 }) + JSON.stringify(routing)).not.toContain('hush')
  })

  test('are asked primary first, then in the order of the harness or of all, each once; what does not load is left out', () => {
    const env = {
      ...CUSTOM,
      OZ_PROVIDER_MY_LLM_BASE_URL: 'http://mine/v1',
      OZ_PROVIDER_ANTHROPIC_MODEL: 'claude',
      OZ_PROVIDER_NOWHERE_MODEL: 'm',
      OZ_PROVIDER_MODEL: 'for-all',
      OZ_PROVIDER_FALLBACK_ORDER: 'Anthropic, custom,my-llm,nowhere,',
      OZ_PROVIDER_FALLBACK_ORDER_CLAUDE_CODE: 'my-llm',
    }
    const keys = (harness: string, primary?: string) => ozRouting(env, harness, primary).providers.map(({ key }) => key)
    expect(keys('oz')).toEqual(['custom', 'anthropic', 'my-llm'])
    expect(ozRouting(env, 'oz').providers.map(({ model }) => model)).toEqual(['m', 'claude', 'for-all'])
    expect(keys('claude-code', 'ANTHROPIC')).toEqual(['anthropic', 'my-llm'])
    expect(ozRouting({ ...env, OZ_DEFAULT_PROVIDER: 'my-llm' }, 'oz').providers[0]).toMatchObject({
      key: 'my-llm',
      model: 'for-all',
    })
  })

  test('name a program, with arguments as JSON or as words', () => {
    const env = { OZ_PROVIDER_LOCAL_CLI_CMD: 'llm', OZ_PROVIDER_LOCAL_CLI_ARGS: '["-m", "a b"]' }
    expect(ozRouting(env, 'oz', 'local').providers).toEqual([
      { kind: 'command', key: 'local', model: 'cli', command: 'llm', args: ['-m', 'a b'] },
    ])
    expect(ozRouting({ ...env, OZ_PROVIDER_LOCAL_CLI_ARGS: ' -m  x ' }, 'oz', 'local').providers).toMatchObject([
      { args: ['-m', 'x'] },
    ])
    expect(() => ozRouting({ ...env, OZ_PROVIDER_LOCAL_CLI_ARGS: '["secret", 1]' }, 'oz', 'local')).toThrow(
      /^The variable OZ_PROVIDER_LOCAL_CLI_ARGS is not a JSON list/,
    )
  })

  test('set a quota only where limit and window are both more than zero, and how long to wait for room', () => {
    const quota = (more: Record<string, string>) => ozRouting({ ...CUSTOM, ...more }, 'oz').providers[0]?.quota
    expect(quota({ OZ_PROVIDER_MSG_LIMIT: '5', OZ_PROVIDER_WINDOW_SECONDS: '9' })).toMatchObject({
      limit: 5,
      windowMs: 9000,
    })
    expect(quota({ OZ_PROVIDER_MSG_LIMIT: '5' })).toBeUndefined()
    expect(quota({ OZ_PROVIDER_MSG_LIMIT: '5', OZ_PROVIDER_WINDOW_SECONDS: '0' })).toBeUndefined()
    expect(ozRouting(CUSTOM, 'oz').queue).toEqual({ onSaturation: false, maxWaitMs: 300_000 })
    expect(
      ozRouting({ ...CUSTOM, OZ_QUEUE_ON_SATURATION: 'true', OZ_QUEUE_MAX_WAIT_SECONDS: '7' }, 'oz').queue,
    ).toEqual({ onSaturation: true, maxWaitMs: 7000 })
  })

  test('that are wrong are refused by their names and never with their values; that none load too', () => {
    expect(() => ozRouting({}, 'oz')).toThrow(
      expect.objectContaining({ code: 'invalid_input', mend: expect.stringContaining('OZ_PROVIDER_CUSTOM_MODEL') }),
    )
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{8,20}$/), (text) => {
        const wrong = () => ozRouting({ ...CUSTOM, OZ_PROVIDER_CUSTOM_MSG_LIMIT: text }, 'oz')
        expect(wrong).toThrow(/^The variable OZ_PROVIDER_CUSTOM_MSG_LIMIT is not a whole number/)
        expect(wrong).not.toThrow(text)
      }),
    )
  })
})
