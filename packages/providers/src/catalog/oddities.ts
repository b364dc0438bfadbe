import type { Catalog, CatalogModel } from './catalog.js'

/** Dollars per million tokens beyond which a price was probably meant per thousand, or in cents. */
const DEAR_USD = 1000

/** What cannot be right, or hardly, in a catalog whose shape is: in words, each with its `provider/model`. */
export const oddities = (catalog: Catalog): readonly string[] =>
  Object.entries(catalog).flatMap(([provider, { models }]) =>
    Object.entries(models).flatMap(([model, facts]) =>
      [...oddOf(facts)].map((words) => `${provider}/${model}: ${words}.`),
    ),
  )

function* oddOf({ cost, limit }: CatalogModel): Iterable<string> {
  const { context, output } = limit ?? {}
  if (context !== undefined && output !== undefined && output > context)
    yield `limit.output is ${output}, more than limit.context, ${context}`
  if (cost === undefined) return
  const rates = [cost, ...(cost.tiers ?? [])]
  if ((cost.input === undefined) !== (cost.output === undefined)) yield 'cost has one of input and output only'
  if (rates.some(({ input = 0, output: out = 0 }) => Math.max(input, out) > DEAR_USD))
    yield `a price is above ${DEAR_USD} dollars per million tokens`
  if (rates.some(({ cache_read = 0, input = Number.POSITIVE_INFINITY }) => cache_read > input))
    yield 'reading from the cache costs more than plain input'
  const sizes = (cost.tiers ?? []).map(({ tier }) => tier.size)
  if (sizes.some((size, at) => size <= (sizes[at - 1] ?? 0))) yield 'cost.tiers are not in ascending order'
}
