import type { Found } from '@nacre/providers/catalog'
import { expect, test } from 'vitest'
import { selectedModel, tokenLimits } from '../dist/daemon/selected.js'

test('a model is given what was configured, or less where the catalog knows that it takes or gives less', () => {
  const runtime = { maxTurns: 50, contextBudget: { fallbackMaxContextTokens: 128_000 }, maxOutputTokens: 8192 }
  const knowing = (facts: object) =>
    tokenLimits(runtime, [{ type: 'known', facts } as Found, { type: 'unknown', near: [] }])
  const configured = { contextTokens: 128_000, maxOutputTokens: 8192 }
  expect(tokenLimits(runtime, [{ type: 'unknown', near: [] }])).toEqual(configured)
  expect(knowing({})).toEqual(configured)
  expect(knowing({ contextTokens: 1_000_000, outputTokens: 64_000 })).toEqual(configured)
  expect(knowing({ contextTokens: 8000, outputTokens: 4096 })).toEqual({ contextTokens: 8000, maxOutputTokens: 4096 })
})

test('the price of a model is of whoever is asked, else of the entry’s name, else of the vendor as the catalog calls it', () => {
  const seller = (api: string | undefined) => ({ name: 'x', ...(api && { api }), models: { m: { name: 'm' } } })
  const catalog = { openai: seller('https://api.openai.com/v1'), google: seller(undefined), groq: seller(undefined) }
  const sold = (type: string, name = 'p', baseUrl = 'http://10.0.0.1/v1') => {
    const found = selectedModel(catalog as never, { type, name, baseUrl } as never, 'm')
    return found.type === 'known' ? found.facts.provider : undefined
  }
  expect(sold('groq', 'google', 'https://api.openai.com/v2')).toBe('openai')
  expect(sold('openai_responses', 'google')).toBe('google')
  expect(['openai', 'openai_responses', 'gemini', 'groq'].map((type) => sold(type))).toEqual([
    'openai',
    'openai',
    'google',
    'groq',
  ])
  expect(['openai_compatible', 'ollama', 'offline', 'cli'].map((type) => sold(type))).toEqual(Array(4).fill(undefined))
})
