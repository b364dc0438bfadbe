import type { Catalog, CatalogModel } from '@nacre/providers/catalog'
import type { Config } from '../config/config.js'
import { sellerOf } from '../daemon/selected.js'
import type { Surroundings } from './look-around.js'

/** A provider that could answer, why it is offered, and the models that are known of it. */
export type Offer = { readonly provider: string; readonly why: string; readonly models: readonly OfferedModel[] }
export type OfferedModel = { readonly name: string; readonly about: string }

const MOST = 24

/** Who can answer as things are: a key is set, or a server of this machine does answer. Each once. */
export function offersOf({ keys, ollama }: Surroundings, config: Config, catalog: Catalog): readonly Offer[] {
  const hinted = keys.flatMap(({ name, provider }) =>
    config.providers.has(provider) && provider !== 'ollama' ? [{ provider, why: `${name} is set` }] : [],
  )
  const distinct = hinted.filter(({ provider }, at) => hinted.findIndex((one) => one.provider === provider) === at)
  const local =
    ollama === undefined
      ? []
      : [
          {
            provider: 'ollama',
            why: `answers at ${ollama.url}`,
            models: ollama.models.map((name) => ({ name, about: 'on this machine' })),
          },
        ]
  return [...distinct.map((offer) => ({ ...offer, models: knownModels(offer.provider, config, catalog) })), ...local]
}

/** The models of a provider that can use tools, the higher number first, without those that only name a date more. */
export function knownModels(provider: string, { providers }: Config, catalog: Catalog): readonly OfferedModel[] {
  const entry = providers.get(provider)
  const seller = entry && catalog[sellerOf(entry, catalog)]
  return Object.entries(seller?.models ?? {})
    .filter(([name, { tool_call: tools }]) => tools === true && !DATED.test(name))
    .toSorted(([a], [b]) => b.localeCompare(a, 'en', { numeric: true }))
    .slice(0, MOST)
    .map(([name, model]) => ({ name, about: aboutOf(model) }))
}

/** `200k`, `1M`. */
const inThousands = (tokens: number) =>
  tokens >= 1_000_000 ? `${Math.round(tokens / 100_000) / 10}M` : `${Math.round(tokens / 1000)}k`

const DATED = /-(\d{8}|\d{4}-\d{2}-\d{2})$/

function aboutOf({ limit, cost }: CatalogModel): string {
  const context = limit?.context === undefined ? [] : [`${inThousands(limit.context)} tokens`]
  const { input, output } = cost ?? {}
  const price = input === undefined || output === undefined ? [] : [`$${input} in, $${output} out per million`]
  return [...context, ...price].join(', ')
}
