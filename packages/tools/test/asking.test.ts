import { fakeWorld } from '@nacre/kit/testing'
import { createRegistry, prepare, runTool } from '@nacre/tool'
import { testContext } from '@nacre/tool/testing'
import { askingTools, workspaceTools } from '@nacre/tools'
import { memoryWorkspace } from '@nacre/tools/testing'
import { blobHash } from '@nacre/types'
import { describe, expect, it } from 'vitest'

const agents = [
  { name: 'researcher', description: 'finds things out' },
  { name: 'coder', description: 'writes programs' },
]
const blobs = { put: async () => blobHash('0'.repeat(64)), get: async () => undefined, drop: async () => undefined }

async function outcomeOf(name: string, args: object) {
  const ready = prepare(createRegistry(askingTools(agents)), { name, argsText: JSON.stringify(args) })
  if (ready.type === 'refused') return ready.result.parts[0]
  return runTool(ready, testContext(), { blobs, world: fakeWorld() })
}

it('the tools that ask somebody are exactly these two, and without other agents one', () => {
  expect(askingTools(agents).map(({ name, safety, replay }) => [name, safety, replay])).toEqual([
    ['ask_user', 'read-only', 'pure'],
    ['delegate_to_agent', 'read-only', 'pure'],
  ])
  expect(askingTools([]).map(({ name }) => name)).toEqual(['ask_user'])
  expect(createRegistry([...workspaceTools(memoryWorkspace()), ...askingTools(agents)]).specs).toHaveLength(8)
})

describe('ask_user', () => {
  it('asks, with choices where there are some', async () => {
    expect(await outcomeOf('ask_user', { question: 'Which way?' })).toEqual({
      outcome: 'asking',
      asking: { type: 'ask-user', parts: [{ type: 'text', text: 'Which way?' }] },
    })
    expect(await outcomeOf('ask_user', { question: 'Which way?', choices: ['left', 'right'] })).toMatchObject({
      asking: { choices: ['left', 'right'] },
    })
    expect(await outcomeOf('ask_user', { question: '' })).toMatchObject({ text: expect.stringContaining('question') })
  })
})

describe('delegate_to_agent', () => {
  it('names the agents to its caller, and asks the one that is named, with the facts and what it may cost', async () => {
    expect(askingTools(agents)[1]?.description).toContain('- researcher: finds things out\n- coder: writes programs')
    const call = { agent: 'coder', goal: 'Mend it.', key_facts: ['It is broken.'], max_cost_usd: 0.25 }
    expect(await outcomeOf('delegate_to_agent', call)).toEqual({
      outcome: 'asking',
      asking: {
        type: 'ask-agent',
        agent: 'coder',
        parts: [{ type: 'text', text: 'Mend it.\n\nFacts:\n- It is broken.' }],
        allowance: { microUsd: 250_000 },
      },
    })
  })

  it('answers an agent that there is none of with the nearest name', async () => {
    const answer = await outcomeOf('delegate_to_agent', { agent: 'resercher', goal: 'x' })
    expect(answer).toMatchObject({ outcome: 'error', parts: [{ text: expect.stringContaining('researcher') }] })
  })
})
