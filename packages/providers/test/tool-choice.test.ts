import { fakeWorld } from '@nacre/kit/testing'
import { anthropicMessages, type HttpFetch, openaiChat } from '@nacre/providers'
import type { GenerateRequest, JsonObject } from '@nacre/types'
import { expect, test } from 'vitest'

const request: GenerateRequest = {
  model: 'm',
  system: 's',
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
  tools: [{ name: 'look', description: 'Looks.', parameters: { type: 'object', properties: {} } }],
}

async function bodyOf(provider: typeof openaiChat, more: Partial<GenerateRequest>): Promise<JsonObject> {
  let body = ''
  const fetch: HttpFetch = async (_, sent) => {
    body = String(sent.body)
    throw new Error('seen enough')
  }
  const options = { name: 'p', baseUrl: 'http://x', fetch, world: fakeWorld() }
  const answer = provider(options).generate({ ...request, ...more }, { signal: new AbortController().signal })
  await expect(
    (async () => {
      for await (const _ of answer);
    })(),
  ).rejects.toThrow()
  return JSON.parse(body) as JsonObject
}

test('tools that may not be called stay named, and both wires say that none may be called', async () => {
  expect(await bodyOf(openaiChat, { toolChoice: 'none' })).toMatchObject({ tool_choice: 'none', tools: [{}] })
  expect(await bodyOf(anthropicMessages, { toolChoice: 'none' })).toMatchObject({
    tool_choice: { type: 'none' },
    tools: [{}],
  })
  expect(await bodyOf(openaiChat, {})).not.toHaveProperty('tool_choice')
  expect(await bodyOf(anthropicMessages, { tools: [], toolChoice: 'none' })).not.toHaveProperty('tool_choice')
})
