import { createRegistry, defineTool, type Tool } from '@nacre/tool'
import { echoTool } from '@nacre/tool/testing'
import { Fault, type FaultCode } from '@nacre/types'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

const define = <S extends z.ZodObject>(input: S) =>
  defineTool({
    name: 'probe',
    description: 'Probes.',
    input,
    safety: 'read-only',
    replay: 'pure',
    run: async () => 'ran',
  })

const refusal = (act: () => unknown): { code: FaultCode; text: string } => {
  try {
    act()
  } catch (error) {
    if (error instanceof Fault) return { code: error.code, text: `${error.message} | ${error.mend}` }
    throw error
  }
  throw new Error('it was not refused')
}

describe('the JSON Schema of a tool', () => {
  it('says types, descriptions, bounds, choices, nesting, defaults and what is required', () => {
    const tool = define(
      z.object({
        path: z.string().min(1).max(9).describe('Where to look'),
        mode: z.enum(['fast', 'slow']).default('fast'),
        lines: z.array(z.strictObject({ from: z.int().min(0), to: z.number().optional() })).optional(),
      }),
    )
    expect(tool.parameters).toEqual({
      type: 'object',
      properties: {
        path: { type: 'string', minLength: 1, maxLength: 9, description: 'Where to look' },
        mode: { type: 'string', enum: ['fast', 'slow'], default: 'fast' },
        lines: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              from: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
              to: { type: 'number' },
            },
            required: ['from'],
            additionalProperties: false,
          },
        },
      },
      required: ['path'],
      additionalProperties: false,
    })
  })

  it('is an object with no properties for a tool without arguments, never an empty schema', () => {
    expect(define(z.object({})).parameters).toEqual({ type: 'object', properties: {}, additionalProperties: false })
  })

  it('carries a recursive type by reference', () => {
    const { parameters } = define(z.object({ any: z.json() }))
    expect(parameters.properties).toEqual({ any: { $ref: '#/$defs/__schema0' } })
    expect(Object.keys(parameters)).toEqual(['type', 'properties', 'required', 'additionalProperties', '$defs'])
  })

  it('shows what the model sends, not what a transform makes of it', () => {
    const tool = define(z.object({ on: z.string().transform((text) => new Date(text)) }))
    expect(tool.parameters.properties).toEqual({ on: { type: 'string' } })
    expect(tool.parse({ on: '2026-01-01' })).toEqual({ ok: true, value: { on: new Date('2026-01-01') } })
  })

  it('is refused where it would say nothing or lose something', () => {
    expect(refusal(() => define(z.object({ on: z.date() }))).text).toMatch(
      /"probe" cannot be written as JSON Schema: .*Date/,
    )
    expect(refusal(() => define(z.object({ any: z.unknown().describe('what?') }))).text).toMatch(
      /says nothing of input\.any/,
    )
    expect(refusal(() => define(z.object({ in: z.array(z.object({ a: z.string() })) }))).text).toMatch(
      /drops unknown keys at input\.properties\.in\.items .*z\.strictObject/,
    )
  })
})

describe('arguments', () => {
  const tool = define(
    z.object({
      path: z.string().min(1),
      mode: z.enum(['fast', 'slow']).optional(),
      lines: z.array(z.strictObject({ from: z.int() })).optional(),
      either: z.union([z.string(), z.number()]).optional(),
      even: z
        .number()
        .refine((n) => n % 2 === 0, 'expected an even number')
        .optional(),
    }),
  )
  const problems = (args: unknown) => {
    const parsed = tool.parse(args)
    return parsed.ok ? [] : parsed.problems
  }

  it.each([
    [{ path: 7 }, 'path: expected string, got number'],
    [{}, 'path: expected string, got nothing'],
    [{ path: null }, 'path: expected string, got null'],
    [{ path: ['a'] }, 'path: expected string, got array'],
    [{ path: '' }, 'path: expected at least 1 characters, got 0'],
    [{ path: 'a', mode: 'quick' }, 'mode: expected "fast" or "slow", got "quick"'],
    [{ path: 'a', lines: [{ from: 1 }, { from: 'x' }] }, 'lines[1].from: expected number, got string'],
    [{ path: 'a', lines: [{ form: 1, from: 1 }] }, 'lines[0]: "form" is not an argument, did you mean "from"?'],
    [{ path: 'a', pth: 'b' }, '"pth" is not an argument, did you mean "path"?'],
    [{ path: 'a', zzzzzz: 1 }, '"zzzzzz" is not an argument, these are: path, mode, lines, either, even'],
    [{ path: 'a', either: true }, 'either: expected string, got boolean, or expected number, got boolean'],
    [{ path: 'a', even: 3 }, 'even: expected an even number'],
    [
      JSON.parse('{"path":"a","__proto__":{"x":1}}'),
      '"__proto__" is not an argument, these are: path, mode, lines, either, even',
    ],
    [[], 'expected object, got array'],
  ])('%j: %s', (args, problem) => {
    expect(problems(args)).toEqual([problem])
  })

  it('names at most eight problems', () => {
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`f${n}`, z.string()]))
    const parsed = define(z.object(many)).parse({})
    expect(parsed).toMatchObject({ ok: false, problems: { length: 9, 8: 'and 4 more' } })
  })

  it('names a thousand wrong keys in few words', () => {
    const keys = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`wrong${n}`, 1]))
    expect(problems({ path: 'a', ...keys }).join('\n').length).toBeLessThanOrEqual(400)
  })

  it('never says a long value back, which may be a secret', () => {
    const secret = `sk-${'x'.repeat(60)}`
    expect(problems({ path: 'a', mode: secret }).join()).toBe('mode: expected "fast" or "slow", got string')
  })

  it('keeps the checks of a refined object and still refuses unknown keys', () => {
    const refined = define(z.object({ a: z.number(), b: z.number() }).refine(({ a, b }) => a < b, 'a must be below b'))
    expect(refined.parse({ a: 2, b: 1 })).toEqual({ ok: false, problems: ['a must be below b'] })
    expect(refined.parse({ a: 1, b: 2, c: 3 })).toMatchObject({ ok: false })
    expect(refined.parse({ a: 1, b: 2 })).toEqual({ ok: true, value: { a: 1, b: 2 } })
  })
})

describe('a registry', () => {
  it('gives specs in order and tools by name', () => {
    const [one, two] = [echoTool('one'), echoTool('two')]
    const registry = createRegistry([one, two])
    expect(registry.specs.map((spec) => spec.name)).toEqual(['one', 'two'])
    expect(Object.keys(registry.specs[0] ?? {})).toEqual(['name', 'description', 'parameters'])
    expect(registry.get('two')).toBe(two)
    expect(registry.get('three')).toBeUndefined()
    expect(registry.get('constructor')).toBeUndefined()
  })

  const good = echoTool()
  const bad: [string, Partial<Tool>, RegExp][] = [
    ['a name with a capital', { name: 'fileRead' }, /"fileRead" has a name/],
    ['a name that is too long', { name: 'a'.repeat(65) }, /has a name/],
    ['a blank description', { description: ' \n' }, /has no description/],
    ['an empty schema', { parameters: {} }, /not an object/],
    ['a schema of another type', { parameters: { type: 'string' } }, /not an object/],
    ['a schema without properties', { parameters: { type: 'object' } }, /without "properties"/],
    ['replay reconcile without a way to ask', { replay: 'reconcile' }, /cannot be \| Give it a reconcile function/],
    [
      'a side-effecting tool that says it is pure',
      { safety: 'side-effecting' },
      /is side-effecting and says that it is pure/,
    ],
    ['a privileged tool that says it is pure', { safety: 'privileged' }, /is privileged and says that it is pure/],
  ]
  it.each(bad)('refuses %s', (_, change, words) => {
    const refused = refusal(() => createRegistry([{ ...good, ...change }]))
    expect(refused.code).toBe('invalid_input')
    expect(refused.text).toMatch(words)
  })

  it('refuses two tools of one name', () => {
    expect(refusal(() => createRegistry([good, echoTool()])).text).toMatch(/"echo" is there twice/)
  })

  it('takes a reconcile tool that can be asked', () => {
    const tool = defineTool({
      name: 'post',
      description: 'Posts.',
      input: z.object({}),
      safety: 'privileged',
      replay: 'reconcile',
      run: async () => 'posted',
      reconcile: async () => 'not_started',
    })
    expect(createRegistry([tool]).get('post')?.reconcile).toBeDefined()
  })
})
