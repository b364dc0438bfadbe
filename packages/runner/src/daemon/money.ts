import { type Catalog, lookup, providerAt } from '@nacre/providers'
import { Fault, type Price } from '@nacre/types'
import type { Config, ProviderConfig } from '../config/config.js'

/** What the selected model costs, or the words that say that nobody knows: a limit in dollars cannot hold then. */
export type Money = { readonly price: Price | undefined; readonly words: readonly string[] }

/** Throws a Fault `invalid_input` where somebody set a limit in dollars that could not be kept. */
export function moneyOf(
  { origins }: Pick<Config, 'origins'>,
  selection: Config['selection'],
  provider: ProviderConfig,
  catalog: Catalog,
): Money {
  const found = lookup(catalog, sellerOf(provider, catalog), selection.model)
  const price = found.type === 'known' ? found.facts.price : undefined
  if (price) return { price, words: [] }
  const name = `${selection.provider}/${selection.model}`
  const wanted = ['call', 'turn', 'session', 'day']
    .map((whose) => `budget.${whose}_usd`)
    .find((key) => isSet(key, origins))
  if (wanted === undefined) {
    return {
      price,
      words: [`NO PRICE is known for ${name}: limits in dollars do not hold for it, those in tokens do.`],
    }
  }
  throw new Fault(
    'invalid_input',
    `${origins.get(wanted)}: ${wanted} cannot be kept, for no price of ${name} is known.`,
    {
      mend: `Set a limit in tokens instead: ${wanted.replace('_usd', '_tokens')}.`,
    },
  )
}

const isSet = (key: string, origins: Config['origins']) => !['default', undefined].includes(origins.get(key))

/** Whose price list holds: that of whoever the requests go to, else of the entry's name, else of its type's vendor. */
function sellerOf(provider: ProviderConfig, catalog: Catalog): string {
  if (provider.type === 'offline') return provider.type
  return (
    providerAt(catalog, provider.baseUrl) ?? (Object.hasOwn(catalog, provider.name) ? provider.name : provider.type)
  )
}
