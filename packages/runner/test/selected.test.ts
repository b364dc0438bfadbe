import type { Found } from '@nacre/providers'
import { expect, test } from 'vitest'
import { tokenLimits } from '../dist/daemon/selected.js'

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
