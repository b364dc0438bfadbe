import type { Catalog, Found } from '@nacre/providers/catalog'
import { type Candidate, candidatesFor } from '@nacre/providers/routing'
import { Fault, type ModelName } from '@nacre/types'
import type { Config, ProviderConfig, SelectionConfig } from '../config/config.js'
import { selectedModel } from './selected.js'

/** A model that an agent may be answered by, and what is known of it. */
export type PlannedRoute = Candidate & { readonly entry: ProviderConfig; readonly found: Found }

/**
 * Who may answer, the first first: the model that was named, those to fall back on, then those that the conditions
 * choose. Throws a Fault `invalid_input` where one that was named does not meet what is required, or nobody does.
 */
export function plannedRoutes(
  providers: Config['providers'],
  { named, fallback, required, preferred, ...model }: SelectionConfig,
  catalog: Catalog,
): readonly PlannedRoute[] {
  const said = distinct([...(named ? [model] : []), ...fallback].map((one) => routeTo(one, providers, catalog)))
  for (const one of said) candidatesFor({ type: 'tagged', required, preferred: [] }, [one])
  if (required.length + preferred.length === 0) return said
  const offered = [...providers.values()].flatMap(({ name, models }) =>
    models.map((offer) => routeTo({ provider: name, model: offer }, providers, catalog)),
  )
  return distinct([...said, ...candidatesFor({ type: 'tagged', required, preferred }, distinct([...said, ...offered]))])
}

/** What a refusal of the above says, and where the condition stands that was not met. */
export function placed<T>(place: string | undefined, plan: () => T): T {
  try {
    return plan()
  } catch (error) {
    if (!(error instanceof Fault) || place === undefined) throw error
    const { code, message, mend } = error
    throw new Fault(code, `${place}: ${message}`, { cause: error, ...(mend !== undefined && { mend }) })
  }
}

/** A model of an entry that there is, with what is known of it. */
export function routeTo(
  { provider, model }: ModelName,
  providers: Config['providers'],
  catalog: Catalog,
): PlannedRoute {
  const entry = providers.get(provider)
  if (entry === undefined) throw new Error('the configuration let a provider through that it does not have')
  const found = selectedModel(catalog, entry, model)
  return { provider, model, entry, found, tags: entry.tags, ...(found.type === 'known' && { facts: found.facts }) }
}

const distinct = (routes: readonly PlannedRoute[]): readonly PlannedRoute[] =>
  routes.filter(
    (one, at) => routes.findIndex(({ provider, model }) => provider === one.provider && model === one.model) === at,
  )
