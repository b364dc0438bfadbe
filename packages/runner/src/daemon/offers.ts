import type { Catalog } from '@nacre/providers/catalog'
import { isFit } from '@nacre/providers/routing'
import { Fault, type Price } from '@nacre/types'
import type { Config, ProviderConfig } from '../config/config.js'
import { moneyOf } from './money.js'
import type { PlannedAgent } from './planned-agent.js'
import { type PlannedRoute, routeTo } from './routes.js'
import { soldBy } from './selected.js'
import { isAskable } from './upstream-route.js'

/** A model that a session may select in place of its agent's own. */
export type PlannedOffer = { readonly name: string; readonly route: PlannedRoute; readonly price: Price | undefined }

/** All of them go to the guest in one line. Whoever wants one of the others names it as a model of its provider. */
const OFFERED = 512

/**
 * The models of the providers that the configuration uses anyway, and no others: the broker lets a guest through to what is
 * offered. First what was configured by name, then what the catalog knows of those providers and can call tools.
 */
export function plannedOffers(
  config: Config,
  catalog: Catalog,
  agents: readonly PlannedAgent[],
): readonly PlannedOffer[] {
  const used = new Map(agents.flatMap(({ routes }) => routes).map(({ entry }) => [entry.name, entry]))
  for (const entry of config.providers.values())
    if (entry.models.length > 0 || entry.name === 'offline') used.set(entry.name, entry)
  const named = [
    ...agents.flatMap(({ routes }) => routes.map(({ entry, model }) => ({ entry, model }))),
    ...[...used.values()].flatMap((entry) => entry.models.map((model) => ({ entry, model }))),
  ]
  const known = [...used.values()].flatMap((entry) => toolModels(entry, catalog).map((model) => ({ entry, model })))
  const offers = new Map<string, PlannedOffer>()
  for (const { entry, model } of [...named, ...known]) {
    const name = `${entry.name}/${model}`
    if (offers.size === OFFERED || offers.has(name) || !isAskable(entry, model)) continue
    const offer = offerOf(name, routeTo({ provider: entry.name, model }, config.providers, catalog), config)
    if (offer && agents.some(({ required }) => isFit(offer.route, required))) offers.set(name, offer)
  }
  return [...offers.values()]
}

/** Of what is offered to all, what this agent must not be answered by. */
export const refusedBy = ({ required }: PlannedAgent, offers: readonly PlannedOffer[]): readonly string[] =>
  offers.flatMap(({ name, route }) => (isFit(route, required) ? [] : [name]))

/** Nothing where a limit in dollars that somebody set could not be kept. */
function offerOf(name: string, route: PlannedRoute, config: Config): PlannedOffer | undefined {
  try {
    return { name, route, price: moneyOf(config, route, route.found).price }
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}

function toolModels(entry: ProviderConfig, catalog: Catalog): readonly string[] {
  const models = soldBy(entry, catalog)?.models ?? {}
  return Object.keys(models).filter((model) => models[model]?.tool_call === true)
}
