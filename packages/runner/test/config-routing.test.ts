import { conditionText } from '@nacre/providers/routing'
import { describe, expect, it } from 'vitest'
import type { SelectionConfig } from '../src/config/config.ts'
import { machine } from './config-home.ts'

const inWords = ({ provider, model, named, fallback, required, preferred }: SelectionConfig) => ({
  first: named ? `${provider}/${model}` : undefined,
  fallback: fallback.map((one) => `${one.provider}/${one.model}`),
  required: required.map(conditionText),
  preferred: preferred.map(conditionText),
})
const load = (agent: string, providers = '') =>
  machine({ 'own/agent.toml': agent, 'own/providers.toml': providers }).load()
const TOP =
  '[selection]\nprovider = "openai"\nmodel = "gpt-4o"\nfallback = ["anthropic/claude-haiku-4-5"]\nrequired = ["tools"]\n'

describe('a selection', () => {
  it('has the named model first; conditions alone choose where nobody named one', async () => {
    expect(inWords((await load(TOP)).selection)).toEqual({
      first: 'openai/gpt-4o',
      fallback: ['anthropic/claude-haiku-4-5'],
      required: ['tools'],
      preferred: [],
    })
    expect(inWords((await load('[selection]\nrequired = ["eu"]\npreferred = ["cost<=low"]')).selection)).toMatchObject({
      first: undefined,
      required: ['eu'],
      preferred: ['cost<=low'],
    })
    expect(inWords((await load('')).selection)).toMatchObject({ first: 'offline/offline', fallback: [] })
  })

  it('of a named agent is the one at the top, or its own, and requires what all must beside its own', async () => {
    const agents = [
      '[agents.same]\ndescription = "as at the top"',
      '[agents.other.selection]\nprovider = "anthropic"\nmodel = "claude-opus-4-5"\nrequired = ["context>=200000"]',
      '[agents.any.selection]\nrequired = ["eu"]',
      '[agents.alone.selection]\nfallback = []',
    ]
    const found = (await load(`${TOP}${agents.join('\n')}`)).agents
    const of = (name: string) => inWords(found.get(name)?.selection as SelectionConfig)
    expect(of('same')).toMatchObject({ first: 'openai/gpt-4o', fallback: ['anthropic/claude-haiku-4-5'] })
    expect(of('other')).toMatchObject({
      first: 'anthropic/claude-opus-4-5',
      fallback: [],
      required: ['tools', 'context>=200000'],
    })
    expect(of('any')).toMatchObject({ first: undefined, required: ['tools', 'eu'] })
    expect(of('alone')).toMatchObject({ first: 'openai/gpt-4o', fallback: [], required: ['tools'] })
  })

  it('finds tags, models and limits in the registry', async () => {
    const entry =
      'provider_type = "openai"\nmodels = ["m"]\ntags = ["eu", "security:high"]\nmax_concurrent = 2\ntoken_limit = 500\nwindow_secs = 9'
    expect((await load('', `[providers.registry.p]\n${entry}`)).providers.get('p')).toMatchObject({
      models: ['m'],
      tags: { eu: true, security: 'high' },
      limits: { concurrent: 2, quotas: [{ counts: 'tokens', limit: 500, windowMs: 9000, window: 'sliding' }] },
    })
    expect((await load('')).providers.get('openai')).toMatchObject({ models: [], tags: {}, limits: {} })
  })
})
