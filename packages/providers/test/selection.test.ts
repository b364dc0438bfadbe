import { lookup, pinnedCatalog } from '@nacre/providers/catalog'
import {
  type Candidate,
  type Condition,
  candidatesFor,
  conditionText,
  factTags,
  meets,
  parseCondition,
  type TagValue,
  tagsOf,
} from '@nacre/providers/routing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const tagged = (provider: string, ...tags: readonly string[]): Candidate => ({
  provider,
  model: 'm',
  tags: tagsOf(tags),
})
const names = (found: readonly Candidate[]) => found.map(({ provider }) => provider)
const select = (candidates: readonly Candidate[], required: readonly string[], preferred: readonly string[] = []) =>
  names(
    candidatesFor(
      { type: 'tagged', required: required.map(parseCondition), preferred: preferred.map(parseCondition) },
      candidates,
    ),
  )

const key = fc.constantFrom('eu', 'security', 'context', 'speed')
const value: fc.Arbitrary<TagValue> = fc.oneof(
  fc.constantFrom('low', 'medium', 'high', 'eu', 'ch'),
  fc.nat(1000),
  fc.boolean(),
)
const conditions: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ key, op: fc.constant('exists' as const) }),
  fc.record({ key, op: fc.constantFrom('=' as const, '!=' as const, '>=' as const, '<=' as const), value }),
  fc.record({
    key,
    op: fc.constantFrom('in' as const, 'not in' as const),
    values: fc.array(value, { minLength: 1, maxLength: 3 }),
  }),
)
const candidates = fc.array(
  fc.record({
    provider: fc.constantFrom('a', 'b', 'c'),
    model: fc.constantFrom('m', 'n'),
    tags: fc.dictionary(key, value),
  }),
  { maxLength: 6 },
)

describe('conditions on tags', () => {
  test('are read from the text that is shown of them', () => {
    fc.assert(
      fc.property(conditions, (condition) => {
        expect(parseCondition(conditionText(condition))).toEqual(condition)
      }),
    )
  })

  test.each([
    '',
    '=',
    'eu=',
    '=eu',
    'a b',
    'a==b',
    'in a',
    'a in',
    'a in ,',
    'A',
    'a=1,2',
    'not in a',
    'a > 1',
    'x'.repeat(70),
  ])('%j is none, and is refused with what one looks like', (text) => {
    expect(() => parseCondition(text)).toThrow(/is no condition/)
  })

  test('a thing and its opposite are never both so; what has no tag is neither more nor less', () => {
    fc.assert(
      fc.property(fc.dictionary(key, value), key, value, (tags, name, wanted) => {
        expect(meets(tags, { key: name, op: '=', value: wanted })).toBe(
          !meets(tags, { key: name, op: '!=', value: wanted }),
        )
        expect(meets(tags, { key: name, op: 'in', values: [wanted] })).toBe(
          !meets(tags, { key: name, op: 'not in', values: [wanted] }),
        )
        if (!(name in tags))
          expect(['>=', '<=', '='].some((op) => meets(tags, { key: name, op: op as '=', value: wanted }))).toBe(false)
      }),
    )
  })

  test('compare numbers and the levels low, medium, high', () => {
    const tags = tagsOf(['security:medium', 'context:200000', 'eu', 'region:north', 'off:false'])
    const holds = (text: string) => meets(tags, parseCondition(text))
    expect(
      [
        'security>=low',
        'security>=medium',
        'security<=high',
        'context>=200000',
        'eu',
        'eu=true',
        'region in north,south',
      ].map(holds),
    ).not.toContain(false)
    expect(
      ['security>=high', 'context>=200001', 'region>=low', 'off', 'us', 'eu!=true', 'constructor', 'context>=low'].map(
        holds,
      ),
    ).not.toContain(true)
    expect(() => tagsOf(['security=high'])).toThrow(/is no tag/)
  })
})

describe('a selection', () => {
  test('keeps whoever meets all that is required, the more preferred the sooner, ties as declared', () => {
    const all = [
      tagged('a', 'eu', 'cost:high'),
      tagged('b', 'eu', 'cost:low', 'fast'),
      tagged('c', 'us', 'cost:low'),
      tagged('d', 'eu', 'cost:low'),
    ]
    expect(select(all, ['eu'])).toEqual(['a', 'b', 'd'])
    expect(select(all, ['eu'], ['cost<=low'])).toEqual(['b', 'd', 'a'])
    expect(select(all, ['eu'], ['cost<=low', 'fast'])).toEqual(['b', 'd', 'a'])
    expect(select(all, [], ['us'])).toEqual(['c', 'a', 'b', 'd'])
    fc.assert(
      fc.property(
        candidates,
        fc.array(conditions, { maxLength: 3 }),
        fc.array(conditions, { maxLength: 3 }),
        (some, required, preferred) => {
          const fit = some.filter(({ tags }) => required.every((condition) => meets(tags, condition)))
          const find = () => candidatesFor({ type: 'tagged', required, preferred }, some)
          if (fit.length === 0) {
            expect(find).toThrow(required.map(conditionText).join(', '))
            return
          }
          const score = ({ tags }: Candidate) => preferred.filter((condition) => meets(tags, condition)).length
          expect(find()).toEqual(fit.toSorted((a, b) => score(b) - score(a)))
        },
      ),
    )
  })

  test('of nobody is refused with its name, and what each lacks', () => {
    const all = [tagged('a', 'eu'), tagged('b', 'eu', 'security:low')]
    expect(() => select(all, ['eu', 'security>=medium'])).toThrow(
      'No model meets the selection [eu, security>=medium]. a/m is not security>=medium; b/m is not security>=medium.',
    )
    expect(() => select([], ['eu'])).toThrow('No model is configured')
  })

  test('by name is that one model, or a refusal that names the nearest', () => {
    const all = [tagged('openai'), tagged('anthropic')]
    expect(names(candidatesFor({ type: 'named', provider: 'anthropic', model: 'm' }, all))).toEqual(['anthropic'])
    expect(() => candidatesFor({ type: 'named', provider: 'antropic', model: 'm' }, all)).toThrow(
      expect.objectContaining({ code: 'invalid_input', mend: 'Did you mean anthropic/m?' }),
    )
  })

  test('asks the catalog for abilities, context and price; what was said by hand holds above it', async () => {
    const { providers } = await pinnedCatalog()
    const known = (provider: string, model: string, ...tags: readonly string[]): Candidate => {
      const found = lookup(providers, provider, model)
      if (found.type === 'unknown') throw new Error(`unknown: ${provider}/${model}`)
      return { provider, model, tags: tagsOf(tags), facts: found.facts }
    }
    const all = [
      known('openai', 'gpt-4o-mini'),
      known('anthropic', 'claude-opus-4-6'),
      known('groq', 'llama-3.1-8b-instant'),
    ]
    expect(select(all, ['tools', 'vision'])).toEqual(['openai', 'anthropic'])
    expect(select(all, ['context>=1000000'])).toEqual(['anthropic'])
    expect(select(all, ['reasoning'])).toEqual(['anthropic'])
    expect(select(all, ['output_usd<=1'])).toEqual(['openai', 'groq'])
    expect(select([known('openai', 'gpt-4o-mini', 'tools:false')], ['context'])).toEqual(['openai'])
    expect(() => select([known('openai', 'gpt-4o-mini', 'tools:false')], ['tools'])).toThrow('is not tools')
    expect(factTags({ ...(all[0]?.facts as NonNullable<Candidate['facts']>), structuredOutput: true })).toMatchObject({
      structured_output: true,
    })
  })
})
