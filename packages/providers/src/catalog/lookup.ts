import { nearest } from '@nacre/kit'
import type { Price } from '@nacre/types'
import type { Catalog, CatalogCost, CatalogModel, CatalogRates } from './catalog.js'

/** What is known of a model. What nobody said it can do, it cannot. */
export type ModelFacts = {
  readonly provider: string
  readonly model: string
  readonly name: string
  readonly price?: Price
  readonly contextTokens?: number
  readonly outputTokens?: number
  readonly takes: readonly string[]
  readonly toolCalls: boolean
  readonly reasoning: boolean
  readonly structuredOutput: boolean
}

export type Found =
  | { readonly type: 'known'; readonly facts: ModelFacts }
  /** `near` are names of the catalog, `provider/model`, that may have been meant. */
  | { readonly type: 'unknown'; readonly near: readonly string[] }

/** The facts of a model by its name, or by its name without the date at its end. */
export function lookup(catalog: Catalog, provider: string, model: string): Found {
  const models = modelsOf(catalog, provider)
  const known = [model, model.replace(DATED, '')].find((name) => Object.hasOwn(models, name))
  const entry = known === undefined ? undefined : models[known]
  if (entry === undefined) return { type: 'unknown', near: near(catalog, provider, model) }
  return { type: 'known', facts: factsOf(provider, model, entry) }
}

/** `-20250929`, `-2024-08-06`. Other endings name another model, which may cost ten times as much. */
const DATED = /-(\d{8}|\d{4}-\d{2}-\d{2})$/

/** Modest facts for a model that no catalog knows, to go on with where that is allowed. It has no price. */
export const assumedFacts = (provider: string, model: string): ModelFacts => ({
  provider,
  model,
  name: model,
  contextTokens: 128_000,
  outputTokens: 16_384,
  takes: ['text'],
  toolCalls: !model.includes('image'),
  reasoning: false,
  structuredOutput: false,
})

/** The provider whose API a base URL reaches, by its host. */
export function providerAt(catalog: Catalog, baseUrl: string): string | undefined {
  const host = URL.parse(baseUrl)?.host
  if (host === undefined) return undefined
  return Object.keys(catalog).find((name) => URL.parse(catalog[name]?.api ?? '')?.host === host)
}

const modelsOf = (catalog: Catalog, provider: string): { readonly [model: string]: CatalogModel } =>
  catalog[provider]?.models ?? {}

function factsOf(provider: string, model: string, entry: CatalogModel): ModelFacts {
  const { name = model, cost, limit, modalities, reasoning, tool_call, structured_output } = entry
  const price = cost && priceOf(cost)
  return {
    provider,
    model,
    name,
    ...(price && { price }),
    ...(limit?.context !== undefined && { contextTokens: limit.context }),
    ...(limit?.output !== undefined && { outputTokens: limit.output }),
    takes: modalities?.input ?? ['text'],
    toolCalls: tool_call ?? false,
    reasoning: reasoning ?? false,
    structuredOutput: structured_output ?? false,
  }
}

/** Nothing where input or output have no rate: half a price would count the other half as free. */
function priceOf(cost: CatalogCost): Price | undefined {
  const { input, output } = cost
  if (input === undefined || output === undefined) return undefined
  const base = ratesOf({ ...cost, input, output })
  const tiers = (cost.tiers ?? []).map((tier) => ({ ...ratesOf(tier), overTokens: tier.tier.size }))
  return tiers.length === 0 ? base : { ...base, tiers }
}

function ratesOf({ input, output, cache_read, cache_write, reasoning }: CatalogRates) {
  return {
    input,
    output,
    ...(cache_read !== undefined && { cacheRead: cache_read }),
    ...(cache_write !== undefined && { cacheWrite: cache_write }),
    ...(reasoning !== undefined && { reasoning }),
  }
}

function near(catalog: Catalog, provider: string, model: string): readonly string[] {
  if (!Object.hasOwn(catalog, provider)) return nearest(provider, Object.keys(catalog))
  const here = nearest(model, Object.keys(modelsOf(catalog, provider))).map((name) => `${provider}/${name}`)
  const elsewhere = Object.keys(catalog).filter((name) => Object.hasOwn(modelsOf(catalog, name), model))
  return [...elsewhere.map((name) => `${name}/${model}`), ...here].slice(0, MOST_NEAR)
}
const MOST_NEAR = 3
