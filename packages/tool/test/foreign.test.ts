import { createRegistry, prepare } from '@nacre/tool'
import { type ForeignTool, foreignTool } from '@nacre/tool/foreign'
import { testContext } from '@nacre/tool/testing'
import { Fault } from '@nacre/types'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { z as zod3 } from 'zod/v3'

const foreign = (parameters: ForeignTool['parameters']) =>
  foreignTool({
    name: 'probe',
    description: 'Probes.',
    parameters,
    safety: 'privileged',
    replay: 'never',
    run: async (args) => JSON.stringify(args),
  })
const refusal = (parameters: ForeignTool['parameters']): string => {
  try {
    createRegistry([foreign(parameters)])
  } catch (error) {
    if (error instanceof Fault) return `${error.code}: ${error.message}`
    throw error
  }
  throw new Error('it was not refused')
}
const problems = (parameters: ForeignTool['parameters'], args: unknown) => {
  const parsed = foreign(parameters).parse(args)
  return parsed.ok ? [] : parsed.problems
}

const jsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    path: { type: 'string', minLength: 1, description: 'Where' },
    mode: { enum: ['fast', 'slow'] },
    lines: {
      type: 'array',
      maxItems: 2,
      items: { type: 'object', properties: { from: { type: 'integer', minimum: 1 } }, required: ['from'] },
    },
    either: {
      anyOf: [
        { type: 'string', pattern: '^a' },
        { type: 'number', exclusiveMaximum: 3 },
      ],
    },
    'a/b~c': { const: 1 },
    same: { $ref: '#/$defs/name' },
    when: { type: 'string', format: 'date-time', 'x-unknown': true },
  },
  $defs: { name: { type: ['string', 'null'] } },
  required: ['path'],
  additionalProperties: false,
} as const

describe('a tool with a JSON Schema of somebody else', () => {
  it('shows the model that schema and is called like any other', async () => {
    const registry = createRegistry([foreign(jsonSchema)])
    const { $schema: _, ...shown } = jsonSchema
    expect(registry.specs[0]?.parameters).toEqual(shown)
    const call = prepare(registry, { name: 'probe', argsText: '{"path":"a","same":null,"when":"soon"}' })
    expect(call).toMatchObject({ type: 'ready', value: { path: 'a', same: null, when: 'soon' } })
    expect(call.type === 'ready' && (await call.tool.run(call.value, testContext()))).toBe(
      '{"path":"a","same":null,"when":"soon"}',
    )
  })

  it.each([
    [{ path: 7 }, 'path: expected string, got number'],
    [{}, 'path: expected string, got nothing'],
    [{ path: '' }, 'path: expected at least 1 characters, got 0'],
    [{ path: 'a', mode: 'quick' }, 'mode: expected "fast" or "slow", got "quick"'],
    [{ path: 'a', lines: [{ from: 1 }, { from: 1.5 }] }, 'lines[1].from: expected integer, got a fraction'],
    [{ path: 'a', lines: [{ from: 0 }] }, 'lines[0].from: expected at least 1, got 0'],
    [{ path: 'a', lines: [{}] }, 'lines[0].from: expected integer, got nothing'],
    [{ path: 'a', lines: [{ from: 1 }, { from: 1 }, { from: 1 }] }, 'lines: expected at most 2 items, got 3'],
    [{ path: 'a', pth: 1 }, '"pth" is not an argument, did you mean "path"?'],
    [{ path: 'a', either: true }, 'either: expected string, got boolean, or expected number, got boolean'],
    [
      { path: 'a', either: 'b' },
      'either: expected a string that matches /^a/, got string, or expected number, got string',
    ],
    [{ path: 'a', either: 4 }, 'either: expected string, got number, or expected < 3, got 4'],
    [{ path: 'a', 'a/b~c': 2 }, 'a/b~c: expected 1, got number'],
    [{ path: 'a', same: 1 }, 'same: expected string or null, got number'],
    [[], 'expected object, got array'],
  ])('%j: %s', (args, problem) => {
    expect(problems(jsonSchema, args)).toEqual([problem])
  })

  it('says all that is wrong, at most eight lines', () => {
    const properties = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`f${n}`, { type: 'string' }]))
    expect(problems({ type: 'object', properties, required: Object.keys(properties) }, {})).toMatchObject({
      length: 9,
      8: 'and 4 more',
    })
  })

  it('names a thousand wrong keys and a long secret in few words', () => {
    const keys = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`wrong${n}`, 1]))
    expect(problems(jsonSchema, { path: 'a', ...keys }).join('\n').length).toBeLessThan(4_000)
    expect(problems(jsonSchema, { path: 'a', mode: `sk-${'x'.repeat(60)}` }).join()).not.toContain('sk-')
  })

  it('may be of draft 7, whose tuples are written otherwise', () => {
    const draft7 = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: { at: { type: 'array', items: [{ type: 'number' }, { type: 'string' }] } },
    }
    expect(problems(draft7, { at: [1, 'a'] })).toEqual([])
    expect(problems(draft7, { at: [1, 2] })).toEqual(['at[1]: expected string, got number'])
  })

  it('has no properties rather than an empty schema', () => {
    expect(foreign({ type: 'object' }).parameters).toEqual({ type: 'object', properties: {} })
  })

  it.each([
    [{}, /"probe" says nothing/],
    [{ type: 'string' }, /"probe" is not an object/],
    [{ anyOf: [{ type: 'object' }] }, /"probe" is not an object/],
    [{ type: 'object', properties: { a: { type: 'strng' } } }, /"probe" cannot be judged: .*type/],
    [{ type: 'object', properties: { a: { $ref: 'https://example.org/a' } } }, /cannot be judged: .*example\.org/],
    [{ type: 'object', properties: { a: { type: 'string', pattern: '(' } } }, /cannot be judged: .*\(/],
  ] as const)('is refused with %j', (parameters, words) => {
    expect(refusal(parameters)).toMatch(words)
  })
})

describe('Zod schemas of either version', () => {
  const shape3 = {
    path: zod3.string().min(1).describe('Where'),
    mode: zod3.enum(['fast', 'slow']).default('fast'),
    at: zod3.object({ line: zod3.number().int() }).nullable().optional(),
    on: zod3
      .string()
      .transform((text) => text.length)
      .optional(),
  }
  const shape4 = {
    path: z.string().min(1).describe('Where'),
    mode: z.enum(['fast', 'slow']).default('fast'),
    at: z.strictObject({ line: z.int() }).nullable().optional(),
    on: z
      .string()
      .transform((text) => text.length)
      .optional(),
  }

  it.each([
    ['3', zod3.object(shape3)],
    ['4', z.object(shape4)],
  ] as const)('never come to an empty parameter schema: Zod %s', (_, schema) => {
    const { parameters, parse } = foreign(schema)
    expect(parameters).toMatchObject({
      type: 'object',
      properties: {
        path: { type: 'string', minLength: 1, description: 'Where' },
        mode: { type: 'string', enum: ['fast', 'slow'], default: 'fast' },
        at: {
          anyOf: [{ type: 'object', properties: { line: { type: 'integer' } }, required: ['line'] }, { type: 'null' }],
        },
        on: { type: 'string' },
      },
      required: ['path'],
      additionalProperties: false,
    })
    expect(parse({ path: 'a', on: 'abc' })).toEqual({ ok: true, value: { path: 'a', mode: 'fast', on: 3 } })
    const wrong = (args: object) => {
      const parsed = parse(args)
      return parsed.ok ? [] : parsed.problems
    }
    expect(wrong({ path: 1 })).toEqual(['path: expected string, got number'])
    expect(wrong({ path: 'a', pth: 1 })).toEqual(['"pth" is not an argument, did you mean "path"?'])
    expect(wrong({ path: 'a', at: { lin: 1, line: 1 } })).toMatchObject([
      expect.stringMatching(/at: .*"lin" is not an argument/),
    ])
  })

  it('3 keeps the checks of its author', () => {
    const even = zod3.object({ n: zod3.number().refine((n) => n % 2 === 0, 'expected an even number') })
    expect(problems(even, { n: 3 })).toEqual(['n: expected an even number'])
  })

  it.each([
    ['3, any', zod3.object({ a: zod3.any() }), /says nothing of input\.a/],
    ['3, a function', zod3.object({ a: zod3.function() }), /ZodFunction has no JSON/],
    ['3, a date deep inside', zod3.object({ a: zod3.array(zod3.date()) }), /ZodDate has no JSON/],
    ['4, unknown', z.object({ a: z.unknown() }), /says nothing of input\.a/],
    ['4, a date', z.object({ a: z.date() }), /cannot be written as JSON Schema/],
    // What tools without types may hand over.
    ['3, no object', zod3.string() as unknown as ForeignTool['parameters'], /is not an object/],
  ] as const)('are refused where they would lose something: %s', (_, schema, words) => {
    expect(refusal(schema)).toMatch(words)
  })
})
