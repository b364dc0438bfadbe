import type { Found } from '@nacre/providers/catalog'
import { Fault, type ModelName, type Price } from '@nacre/types'
import type { Config } from '../config/config.js'

/** What the selected model costs, or the words that say that nobody knows: a limit in dollars cannot hold then. */
export type Money = { readonly price: Price | undefined; readonly words: readonly string[] }

/** Throws a Fault `invalid_input` where somebody set a limit in dollars that could not be kept. */
export function moneyOf({ origins }: Pick<Config, 'origins'>, selection: ModelName, found: Found): Money {
  const price = found.type === 'known' ? found.facts.price : undefined
  if (price) return { price, words: [] }
  const name = `${selection.provider}/${selection.model}`
  const wanted = ['call', 'turn', 'session', 'day']
    .map((whose) => `budget.${whose}_usd`)
    .find((key) => isSet(key, origins))
  const near = found.type === 'unknown' && found.near.length > 0 ? ` Known are ${found.near.join(', ')}.` : ''
  if (wanted === undefined) {
    const words = `NO PRICE is known for ${name}: limits in dollars do not hold for it, those in tokens do.${near}`
    return { price, words: [words] }
  }
  throw new Fault(
    'invalid_input',
    `${origins.get(wanted)}: ${wanted} cannot be kept, for no price of ${name} is known.${near}`,
    {
      mend: `Set a limit in tokens instead: ${wanted.replace('_usd', '_tokens')}. Or say the price in catalog.json.`,
    },
  )
}

const isSet = (key: string, origins: Config['origins']) => !['default', undefined].includes(origins.get(key))
