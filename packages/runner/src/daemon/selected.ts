import { VENDORS, type Vendor, type VendorName } from '@nacre/providers'
import { type Catalog, type CatalogProvider, type Found, lookup, providerAt } from '@nacre/providers/catalog'
import type { Modality } from '@nacre/types'
import { type Config, isHttp, type ProviderConfig } from '../config/config.js'

/** What the catalog knows of a provider's model. */
export const selectedModel = (catalog: Catalog, provider: ProviderConfig, model: string): Found =>
  lookup(catalog, sellerOf(provider, catalog), model)

/** Whose price list holds: that of whoever the requests go to, else of the entry's name, else of its type's vendor. */
export function sellerOf(provider: ProviderConfig, catalog: Catalog): string {
  if (!isHttp(provider)) return provider.type
  const named = Object.hasOwn(catalog, provider.name) ? provider.name : (SOLD_AS[provider.type] ?? provider.type)
  return providerAt(catalog, provider.baseUrl) ?? named
}

/**
 * What a provider sells, if the catalog knows: its requests go to whom the catalog speaks of, or the entry bears that name.
 * Someone else's server that speaks a vendor's language has models of its own.
 */
export function soldBy(provider: ProviderConfig, catalog: Catalog): CatalogProvider | undefined {
  if (!isHttp(provider)) return provider.type === 'offline' ? catalog.offline : undefined
  const { name, type, baseUrl } = provider
  const { baseUrl: usual }: Vendor = VENDORS[type]
  const isTheirs =
    Object.hasOwn(catalog, name) || providerAt(catalog, baseUrl) !== undefined || hostOf(baseUrl) === hostOf(usual)
  return isTheirs ? catalog[sellerOf(provider, catalog)] : undefined
}

const hostOf = (url = '') => URL.parse(url)?.host

/** Vendors that the catalog knows by another name. */
const SOLD_AS: Partial<Record<VendorName, string>> = {
  openai_responses: 'openai',
  gemini: 'google',
  vertex: 'google-vertex',
  'vertex-anthropic': 'google-vertex-anthropic',
  together: 'togetherai',
  moonshot: 'moonshotai',
  'vercel-gateway': 'vercel',
}

/** What each of the models can be shown beside text, if that is known of all of them. */
export function inputsOf(models: readonly Found[]): readonly Modality[] | undefined {
  const takes = models.map((found) => (found.type === 'known' ? found.facts.takes : undefined))
  if (takes.some((one) => one === undefined)) return undefined
  return MODALITIES.filter((modality) => takes.every((one) => one?.includes(modality)))
}

const MODALITIES: readonly Modality[] = ['image', 'audio', 'video', 'pdf']

/** What was configured, and no more than what each of the models takes and gives where that is known. */
export function tokenLimits(runtime: Config['runtime'], models: readonly Found[]) {
  const facts = models.flatMap((found) => (found.type === 'known' ? [found.facts] : []))
  return {
    contextTokens: Math.min(
      runtime.contextBudget.fallbackMaxContextTokens,
      ...facts.flatMap(({ contextTokens }) => contextTokens ?? []),
    ),
    maxOutputTokens: Math.min(runtime.maxOutputTokens, ...facts.flatMap(({ outputTokens }) => outputTokens ?? [])),
  }
}
