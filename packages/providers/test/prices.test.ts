import { listPrice } from '@nacre/providers'
import { expect, test } from 'vitest'

test('the longest name that fits has the price, and an unknown model has none', () => {
  expect(listPrice('openai', 'gpt-4o-mini-2024-07-18')?.input).toBe(0.15)
  expect(listPrice('openai', 'gpt-4o-2024-08-06')?.input).toBe(2.5)
  expect(listPrice('anthropic', 'claude-sonnet-4-5-20250929')?.output).toBe(15)
  expect(listPrice('anthropic', 'claude-opus-4-5')?.input).toBe(5)
  expect(listPrice('openai', 'gpt-4omega')).toBeUndefined()
  expect(listPrice('openai', 'qwen3')).toBeUndefined()
  expect(listPrice('offline', 'offline')).toEqual({ input: 0, output: 0 })
})
