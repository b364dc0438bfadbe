import { existsSync, readFileSync } from 'node:fs'
import { createRegistry, prepare, type Registry } from '@nacre/tool'
import { foreignTool } from '@nacre/tool/foreign'
import type { JsonObject } from '@nacre/types'
import { expect, it, type TestContext } from 'vitest'

// Real tools with calls that models answered, and the same calls broken: the Berkeley function-calling leaderboard.
const DATA = new URL('../../../../shared/testdata/bfcl/single_turn.json', import.meta.url)

type Call = { name: string; arguments: JsonObject; schemaValid?: boolean; why?: string }
type Case = {
  id: string
  tools: { name: string; description: string; parameters: JsonObject }[]
  calls: Call[]
  invalidCalls: Call[]
}

function casesOf(context: TestContext): readonly Case[] {
  if (!existsSync(DATA)) context.skip('needs shared data: bfcl/single_turn.json')
  const { cases }: { cases: Case[] } = JSON.parse(readFileSync(DATA, 'utf8'))
  return cases
}

/** Providers take no dots in names, so that whoever brings a tool has to name it otherwise. */
const nameOf = (name: string) =>
  name
    .replace(/[^A-Za-z0-9]/g, '_')
    .toLowerCase()
    .slice(0, 64)

function registryOf({ tools }: Case): Registry {
  return createRegistry(
    tools.map(({ name, description, parameters }) =>
      foreignTool({
        name: nameOf(name),
        description,
        parameters,
        safety: 'privileged',
        replay: 'never',
        run: async () => 'ran',
      }),
    ),
  )
}

/** What is said of a call that is refused, nothing of one that is not. */
function said(registry: Registry, call: Call): string {
  const prepared = prepare(registry, { name: nameOf(call.name), argsText: JSON.stringify(call.arguments) })
  if (prepared.type === 'ready') return ''
  return prepared.result.parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
}

it('every schema of the leaderboard can be judged, and every call that fits one is let through', (context) => {
  const judged = casesOf(context).flatMap((one) => {
    const registry = registryOf(one)
    return one.calls.map((call) => ({ one, call, words: said(registry, call) }))
  })
  expect(judged.length).toBe(166)
  expect(judged.filter(({ words, call }) => (words === '') !== call.schemaValid).map(({ one }) => one.id)).toEqual([])
})

it('every broken call is refused by the name of its argument', (context) => {
  const judged = casesOf(context).flatMap((one) => {
    const registry = registryOf(one)
    return one.invalidCalls.map((call) => ({ call, words: said(registry, call) }))
  })
  expect(judged.length).toBe(248)
  const unnamed = judged.filter(({ call, words }) => {
    const argument = /"([^"]+)"/.exec(call.why ?? '')?.[1] ?? '?'
    return !words.includes('\n- ') || !words.includes(argument) || !/expected .+, got .+|is not an argument/.test(words)
  })
  expect(unnamed).toEqual([])
})
