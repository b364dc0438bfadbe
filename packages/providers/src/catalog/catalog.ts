/**
 * Facts about models in the shape of models.dev: provider, model, facts. Every field may be missing: a layer names only
 * what it knows better. Prices are US dollars per million tokens.
 */
export type Catalog = { readonly [provider: string]: CatalogProvider }
export type CatalogProvider = {
  readonly name?: string
  /** The base URL that its requests go to. */
  readonly api?: string
  readonly models: { readonly [model: string]: CatalogModel }
}
export type CatalogModel = {
  readonly name?: string
  readonly reasoning?: boolean
  readonly tool_call?: boolean
  readonly structured_output?: boolean
  readonly modalities?: { readonly input?: readonly string[]; readonly output?: readonly string[] }
  readonly cost?: CatalogCost
  readonly limit?: { readonly context?: number; readonly output?: number }
}
export type CatalogCost = Partial<CatalogRates> & {
  /** Rates of a call whose input is longer than `tier.size` tokens. */
  readonly tiers?: readonly (CatalogRates & { readonly tier: { readonly size: number } })[]
}
export type CatalogRates = {
  readonly input: number
  readonly output: number
  readonly cache_read?: number
  readonly cache_write?: number
  readonly reasoning?: number
}

/**
 * One catalog of several layers, the later the stronger. Tables are merged, numbers, texts and lists replaced, so that
 * a layer may say no more than one price.
 */
export const layered = (...layers: readonly Catalog[]): Catalog =>
  layers.reduce<Catalog>((below, above) => mergeNamed(below, above, mergeProvider), {})

type Merge<T> = (below: T | undefined, above: T) => T
type Named<T> = { readonly [name: string]: T }

function mergeNamed<T>(below: Named<T>, above: Named<T>, merge: Merge<T>): Named<T> {
  const merged = new Map(Object.entries(below))
  for (const [name, value] of Object.entries(above)) merged.set(name, merge(merged.get(name), value))
  return Object.fromEntries(merged)
}

const mergeProvider: Merge<CatalogProvider> = (below, above) => ({
  ...below,
  ...above,
  models: mergeNamed(below?.models ?? {}, above.models, mergeModel),
})

const mergeModel: Merge<CatalogModel> = (below, above) => ({
  ...below,
  ...above,
  ...(above.cost && { cost: { ...below?.cost, ...above.cost } }),
  ...(above.limit && { limit: { ...below?.limit, ...above.limit } }),
  ...(above.modalities && { modalities: { ...below?.modalities, ...above.modalities } }),
})
