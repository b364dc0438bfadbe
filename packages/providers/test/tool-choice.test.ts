import type { GenerateRequest, JsonObject } from '@nacre/types'
import { expect, test } from 'vitest'
import { ASK, bytesFetch, run, speaking, WIRE_NAMES, type WireName } from './support.js'

const request: GenerateRequest = {
  ...ASK,
  tools: [{ name: 'look', description: 'Looks.', parameters: { type: 'object', properties: {} } }],
}

async function bodyOf(wire: WireName, more: Partial<GenerateRequest>): Promise<JsonObject> {
  const fetch = bytesFetch('')
  await run(speaking(wire, fetch), { ...request, ...more })
  return JSON.parse(fetch.requests[0]?.body ?? '') as JsonObject
}

test.each([
  ['openai-chat', { tool_choice: 'none' }],
  ['openai-responses', { tool_choice: 'none' }],
  ['anthropic-messages', { tool_choice: { type: 'none' } }],
  ['anthropic-vertex', { tool_choice: { type: 'none' } }],
  ['gemini', { toolConfig: { functionCallingConfig: { mode: 'NONE' } } }],
  ['cohere-v2', { tool_choice: 'NONE' }],
] as const)('tools that may not be called stay named over %s, which says so', async (wire, expected) => {
  expect(await bodyOf(wire, { toolChoice: 'none' })).toMatchObject({ ...expected, tools: [{}] })
})

test('Ollama knows no choice: what may not be called is not named', async () => {
  expect(await bodyOf('ollama-chat', { toolChoice: 'none' })).not.toHaveProperty('tools')
  expect(await bodyOf('ollama-chat', {})).toMatchObject({ tools: [{}] })
})

test.each(WIRE_NAMES)('%s speaks of no choice where there is none', async (wire) => {
  for (const more of [{}, { tools: [], toolChoice: 'none' }] as const)
    expect(JSON.stringify(await bodyOf(wire, more))).not.toMatch(/tool_?choice|toolConfig/i)
})
