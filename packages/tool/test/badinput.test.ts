import { existsSync, readFileSync } from 'node:fs'
import { createRegistry, defineTool, prepare } from '@nacre/tool'
import { foreignTool } from '@nacre/tool/foreign'
import { expect, it } from 'vitest'
import { z } from 'zod'

const SUITE = new URL('../../../../shared/testdata/badinput/json/jsontestsuite.ndjson', import.meta.url)
type Case = { name: string; expect: string; text?: string; base64?: string; repeat?: [string, number] }

const kind = { description: 'Takes anything.', safety: 'read-only', replay: 'pure' } as const
const run = async () => ''
const registry = createRegistry([
  defineTool({ ...kind, name: 'strict', input: z.strictObject({ a: z.string() }), run }),
  defineTool({ ...kind, name: 'loose', input: z.looseObject({}), run }),
  foreignTool({ ...kind, name: 'foreign', parameters: { type: 'object', properties: {} }, run }),
])

it('every text of the JSON suite, as the arguments of a call, is a checked call or words for the model', (ctx) => {
  if (!existsSync(SUITE)) ctx.skip('needs shared data: badinput/json')
  const cases = readFileSync(SUITE, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case)
  const ready = new Set<string>()
  for (const { name, text, base64, repeat, ...suite } of cases) {
    const bytes = Buffer.from(base64 ?? '', 'base64').toString('utf8')
    const argsText = text ?? repeat?.[0].repeat(repeat[1]) ?? bytes
    for (const tool of ['strict', 'loose', 'foreign']) {
      const prepared = prepare(registry, { name: tool, argsText })
      if (prepared.type === 'ready') ready.add(suite.expect === 'reject' && argsText.trim() !== '' ? name : 'allowed')
      else
        expect(prepared.result, name).toMatchObject({ isError: true, parts: [{ text: expect.stringMatching(/^The/) }] })
    }
    expect(prepare(registry, { name: 'strict', argsText: '{"a":"b"}' }).type).toBe('ready')
  }
  expect(cases.length).toBe(318)
  expect([...ready]).toEqual(['allowed'])
})
