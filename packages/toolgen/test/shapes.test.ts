import { type Tool, toolsOf } from '@nacre/tool'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ListShapes } from './shapes/list.tools.js'
import { NumberShapes } from './shapes/number.tools.js'
import { ObjectShapes } from './shapes/object.tools.js'
import { TextShapes } from './shapes/text.tools.js'
import { lists } from './support/list-rows.js'
import { mutated } from './support/mutated.js'
import { numbers } from './support/number-rows.js'
import { objects } from './support/object-rows.js'
import type { Row } from './support/row.js'
import { texts } from './support/text-rows.js'

const shapes = { ...texts, ...numbers, ...lists, ...objects }
const tools = [new TextShapes(), new NumberShapes(), new ListShapes(), new ObjectShapes()].flatMap(toolsOf)
const toolNamed = (name: string): Tool => {
  const wanted = name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`)
  return tools.find((tool) => tool.name === wanted) ?? expect.fail(`no ${wanted}`)
}
const judgeOf = (tool: Tool) => new Ajv2020({ validateFormats: false, allowUnionTypes: true }).compile(tool.parameters)
const problemsOf = (tool: Tool, args: unknown) => {
  const parsed = tool.parse(args)
  return parsed.ok ? [] : parsed.problems
}

it('there is a row for each of the shapes', () => {
  expect(tools.length).toBe(Object.keys(shapes).length + 1)
  expect(tools.length).toBeGreaterThanOrEqual(40)
  expect(toolNamed('noArguments').parameters).toEqual({ type: 'object', properties: {}, additionalProperties: false })
})

describe.each(Object.entries<Row<unknown>>(shapes))('%s', (name, [said, values, wrong, problem]) => {
  const tool = toolNamed(name)
  const judge = judgeOf(tool)

  it('has the schema expected, and a description', () => {
    expect(tool.description).toBe(`Takes ${name}.`)
    expect(tool.parameters.properties).toEqual({ value: said })
    const mayMiss = 'default' in said || /^(optional|brandedNumber|grid)/.test(name)
    expect(tool.parameters.required).toEqual(mayMiss ? undefined : ['value'])
    if ('default' in said) expect(tool.parse({})).toEqual({ ok: true, value: { value: said.default } })
  })

  it('takes every value of the type', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(tool.parse({ value })).toEqual({ ok: true, value: { value } })
        expect(judge({ value })).toBe(true)
      }),
    )
  })

  it('says what is wrong with another', () => {
    expect(problemsOf(tool, { value: wrong })).toEqual([problem])
    expect(judge({ value: wrong })).toBe(false)
  })

  it('refuses of the mutated ones what Ajv refuses, and names argument, expectation and what came', () => {
    let refused = 0
    const args = values.map((value) => ({ value }))
    fc.assert(
      fc.property(mutated(args), (mutant) => {
        const problems = problemsOf(tool, mutant)
        expect(problems.length === 0).toBe(judge(mutant))
        if (problems.length > 0) refused++
        for (const line of problems)
          expect(line).toMatch(
            /^value.*: .*expected .+, got .+|^(value.*: )?"\w+" is not an argument, |^expected object, got /,
          )
      }),
    )
    expect(refused).toBeGreaterThan(10)
  })
})
