import { readFileSync } from 'node:fs'
import { type HttpFetch, undiciFetch } from '@nacre/providers'
import {
  assumedFacts,
  type Catalog,
  diffCatalogs,
  fetchCatalog,
  layered,
  lookup,
  oddities,
  pinnedCatalog,
  providerAt,
} from '@nacre/providers/catalog'
import { parseCatalog } from '@nacre/providers/catalog-file'
import { replayServer } from '@nacre/providers/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasShared, sharedPath } from './support.js'

const { providers: pinned } = await pinnedCatalog()
const priceOf = (provider: string, model: string, catalog = pinned) => {
  const found = lookup(catalog, provider, model)
  return found.type === 'known' ? found.facts.price : undefined
}
const nearTo = (provider: string, model: string) => {
  const found = lookup(pinned, provider, model)
  return found.type === 'unknown' ? found.near : 'known'
}

describe('the pinned catalog', () => {
  test('reads as any catalog does, loses nothing by it, and has nothing odd', () => {
    expect(parseCatalog(JSON.stringify(pinned))).toEqual({ catalog: pinned, problems: [] })
    expect(oddities(pinned)).toEqual([])
  })

  test('knows prices and limits of the common vendors, and that the offline model is free', () => {
    expect(priceOf('anthropic', 'claude-sonnet-4-5')).toEqual({
      input: 3,
      output: 15,
      cacheRead: 0.3,
      cacheWrite: 3.75,
    })
    expect(priceOf('offline', 'offline')).toEqual({ input: 0, output: 0 })
    expect(priceOf('google', 'gemini-2.5-pro')?.tiers).toMatchObject([{ overTokens: 200_000, input: 2.5, output: 15 }])
    const unpriced = Object.entries(pinned).flatMap(([provider, { models }]) =>
      Object.keys(models).filter((model) => priceOf(provider, model) === undefined),
    )
    expect(unpriced).toEqual([])
  })
})

describe('a lookup', () => {
  test('finds a model by its name and by its name with a date, and takes no other ending for the same model', () => {
    expect(priceOf('openai', 'gpt-4o-mini-2024-07-18')?.input).toBe(0.15)
    expect(priceOf('openai', 'gpt-4o-2024-05-13')?.input).toBe(5)
    expect(priceOf('anthropic', 'claude-opus-4-5-20991231')?.input).toBe(5)
    for (const model of ['gpt-4omega', 'gpt-5-mini-ultra', 'toString', '__proto__', ''])
      expect([model, priceOf('openai', model)]).toEqual([model, undefined])
    expect(priceOf('constructor', 'name')).toBeUndefined()
  })

  test('of a model that nobody knows names those that may have been meant', () => {
    expect(nearTo('openai', 'gpt-4o-mni')).toContain('openai/gpt-4o-mini')
    expect(nearTo('openai', 'grok-4.5')[0]).toBe('xai/grok-4.5')
    expect(nearTo('anthropc', 'claude-sonnet-4-5')).toEqual(['anthropic'])
    expect(nearTo('openai', 'qqqqqqqqqqqqqqqqqqqqqqqq')).toEqual([])
  })

  test('half a price is none, and what nobody said of a model it cannot do', () => {
    const catalog: Catalog = { house: { models: { half: { cost: { input: 1 } }, bare: {} } } }
    expect(priceOf('house', 'half', catalog)).toBeUndefined()
    expect(lookup(catalog, 'house', 'bare')).toMatchObject({ facts: { toolCalls: false, takes: ['text'] } })
    expect(assumedFacts('house', 'unheard-of')).toMatchObject({ contextTokens: 128_000, toolCalls: true })
    expect(assumedFacts('house', 'my-image-1').toolCalls).toBe(false)
    expect(assumedFacts('house', 'unheard-of')).not.toHaveProperty('price')
  })

  test('a base URL tells whose prices hold by its host alone', () => {
    expect(providerAt(pinned, 'https://api.mistral.ai')).toBe('mistral')
    expect(providerAt(pinned, 'https://api.groq.com/openai/v1/')).toBe('groq')
    expect(providerAt(pinned, 'https://api.mistral.ai.evil.example/v1')).toBeUndefined()
    expect(providerAt(pinned, 'http://localhost:11434/v1')).toBeUndefined()
    expect(providerAt(pinned, 'no url')).toBeUndefined()
  })
})

const rate = fc.double({ min: 0, max: 100, noNaN: true, noDefaultInfinity: true }).map((n) => n + 0)
const model = fc.record(
  {
    name: fc.string({ maxLength: 8 }),
    reasoning: fc.boolean(),
    tool_call: fc.boolean(),
    modalities: fc.record({ input: fc.subarray(['text', 'image']) }, { requiredKeys: [] }),
    cost: fc.record({ input: rate, output: rate, cache_read: rate }, { requiredKeys: [] }),
    limit: fc.record({ context: fc.nat(), output: fc.nat() }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
)
const name = fc.constantFrom('a', 'b', 'hasOwnProperty', 'x/y')
const catalogs: fc.Arbitrary<Catalog> = fc.dictionary(
  fc.constantFrom('a', 'b', 'hasOwnProperty'),
  fc.record(
    { api: fc.constantFrom('https://a/v1', 'https://b/v1'), models: fc.dictionary(name, model) },
    { requiredKeys: ['models'] },
  ),
)

describe('layers', () => {
  test('are merged from left to right in whatever groups, and a layer of nothing changes nothing', () => {
    fc.assert(
      fc.property(catalogs, catalogs, catalogs, (a, b, c) => {
        expect(layered(layered(a, b), c)).toEqual(layered(a, layered(b, c)))
        expect(layered(a, {})).toEqual(layered({}, a))
        expect(layered(a, a)).toEqual(layered(a))
      }),
    )
  })

  test('everything that the strongest layer says holds, and all else is from below', () => {
    fc.assert(
      fc.property(catalogs, catalogs, (below, above) => {
        const both = layered(below, above)
        expect(both).toMatchObject(above)
        for (const change of diffCatalogs(below, both)) {
          expect(change.type).not.toBe('removed')
          const [provider = ''] = change.model.split('/')
          expect(above).toHaveProperty([provider])
        }
      }),
    )
  })

  test('a layer may say one price and leave the rest as it was', () => {
    const catalog = layered(pinned, { openai: { models: { 'gpt-4o': { cost: { input: 9 } } } } })
    expect(priceOf('openai', 'gpt-4o', catalog)).toEqual({ ...priceOf('openai', 'gpt-4o'), input: 9 })
  })
})

describe('a diff', () => {
  test('of a catalog with itself is nothing, and names what was added, removed and changed', () => {
    fc.assert(
      fc.property(catalogs, (catalog) => {
        expect(diffCatalogs(catalog, structuredClone(catalog))).toEqual([])
      }),
    )
    const before: Catalog = {
      v: { models: { old: {}, same: { limit: { context: 1 } }, dear: { cost: { input: 1, output: 2 } } } },
    }
    const after: Catalog = {
      v: { models: { same: { limit: { context: 1 } }, dear: { cost: { input: 3, output: 2 } }, young: {} } },
    }
    expect(diffCatalogs(before, after)).toEqual([
      { type: 'changed', model: 'v/dear', fields: [{ field: 'cost.input', before: 1, after: 3 }] },
      { type: 'removed', model: 'v/old' },
      { type: 'added', model: 'v/young' },
    ])
  })
})

describe('a catalog of others', () => {
  test('is read loosely: unknown keys are dropped, a broken model costs itself only, old tiers become tiers', () => {
    const text = JSON.stringify({
      vendor: {
        id: 'vendor',
        npm: '@x/y',
        models: {
          good: {
            name: 'Good',
            knowledge: '2025',
            cost: { input: 1, output: 2, context_over_200k: { input: 2, output: 3 } },
          },
          negative: { cost: { input: -1, output: 2 } },
          odd: 'text',
        },
      },
      broken: [],
    })
    const { catalog, problems } = parseCatalog(text)
    const tiers = [{ input: 2, output: 3, tier: { size: 200_000 } }]
    expect(catalog).toEqual({ vendor: { models: { good: { name: 'Good', cost: { input: 1, output: 2, tiers } } } } })
    expect(problems.map((words) => words.split(':')[0])).toEqual(['vendor/negative', 'vendor/odd', 'broken'])
    expect(problems[0]).toContain('cost.input')
  })

  test('that is none is nothing and a problem, whatever it is', () => {
    for (const text of ['', 'nothing', '[]', '"x"', 'null', '{"a":'])
      expect(parseCatalog(text)).toMatchObject({ catalog: {}, problems: [expect.stringMatching(/^is not/)] })
    fc.assert(
      fc.property(fc.json(), (text) => {
        const { catalog } = parseCatalog(text)
        expect(parseCatalog(JSON.stringify(catalog))).toEqual({ catalog, problems: [] })
      }),
    )
    expect(parseCatalog('{"__proto__":{"models":{"__proto__":{"cost":{"input":1}}}}}').problems).toEqual([])
    expect(({} as { cost?: unknown }).cost).toBeUndefined()
  })

  test('of whatever JSON, well or badly written, is read without harm wherever it stands', (ctx) => {
    const corpus = 'badinput/json/jsontestsuite.ndjson'
    if (!hasShared(corpus)) ctx.skip('needs ../shared/testdata: not there')
    const texts = readFileSync(sharedPath(corpus), 'utf8')
      .trim()
      .split('\n')
      .map((line): string => JSON.parse(line).text ?? '')
    expect(texts.length).toBeGreaterThan(300)
    for (const text of texts)
      for (const whole of [
        text,
        `{"v":${text}}`,
        `{"v":{"models":{"m":${text}}}}`,
        `{"v":{"models":{"m":{"cost":${text}}}}}`,
      ]) {
        const { catalog } = parseCatalog(whole)
        expect(parseCatalog(JSON.stringify(catalog))).toEqual({ catalog, problems: [] })
        expect(oddities(catalog)).toBeInstanceOf(Array)
      }
  })

  test('odd facts are told with their model', () => {
    const dear = { input: 3000, output: 1 }
    const models = {
      a: { cost: dear },
      b: { limit: { context: 1, output: 2 } },
      c: { cost: { input: 1, output: 1, cache_read: 2 } },
    }
    expect(oddities({ v: { models } }).map((words) => words.split(':')[0])).toEqual(['v/a', 'v/b', 'v/c'])
  })
})

describe('fetching a catalog', () => {
  const { signal } = new AbortController()

  test('gives its text, by GET', async () => {
    await using server = await replayServer([{ status: 200, headers: {}, body: new TextEncoder().encode('{"a":1}') }])
    await using fetch = undiciFetch()
    expect(await fetchCatalog(fetch, `${server.url}/api.json`, signal)).toBe('{"a":1}')
    expect(server.requests).toMatchObject([{ method: 'GET', path: '/api.json', body: '' }])
  })

  test('is refused where something else answers, and where too much comes', async () => {
    const answering =
      (status: number, body: AsyncIterable<Uint8Array>): HttpFetch =>
      () =>
        Promise.resolve({ status, headers: { get: () => undefined }, body })
    async function* endless() {
      for (;;) yield new Uint8Array(1024 * 1024)
    }
    await expect(fetchCatalog(answering(404, endless()), 'https://x/y', signal)).rejects.toThrow('x answered HTTP 404')
    await expect(fetchCatalog(answering(200, endless()), 'https://x/y', signal)).rejects.toThrow(
      'more than 33554432 bytes',
    )
    const gone: HttpFetch = () => Promise.reject(new Error('gone'))
    await expect(fetchCatalog(gone, 'https://x/y', signal)).rejects.toMatchObject({ code: 'unavailable' })
    await expect(fetchCatalog(gone, 'https://x/y', AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
  })
})
