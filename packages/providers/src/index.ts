export type { AgentProcess, SpawnAgent } from './agent-process.js'
export {
  type Catalog,
  type CatalogCost,
  type CatalogModel,
  type CatalogProvider,
  layered,
} from './catalog/catalog.js'
export { type CatalogChange, diffCatalogs, type FieldChange } from './catalog/diff.js'
export { fetchCatalog, MODELS_DEV } from './catalog/fetch.js'
export { assumedFacts, type Found, lookup, type ModelFacts, providerAt } from './catalog/lookup.js'
export { oddities } from './catalog/oddities.js'
export { pinnedCatalog, type Snapshot } from './catalog/snapshot.js'
export { type CliOptions, cliProvider } from './cli.js'
export { type Clocks, DEFAULT_CLOCKS } from './clocks.js'
export { DIALECTS, type Dialect, PLAIN } from './dialect.js'
export {
  anthropicMessages,
  anthropicVertex,
  cohere,
  DOORS,
  gemini,
  ollama,
  openaiChat,
  openaiResponses,
  type WireName,
} from './doors.js'
export { endpointOf } from './endpoint.js'
export { HARNESSES, type Harness, type HarnessName, harnessOf } from './harness.js'
export type { HttpFetch, HttpRequest, HttpResponse } from './http.js'
export { offline } from './offline.js'
export { type RetryOptions, withRetry } from './retry.js'
export { type Condition, conditionText, meets, parseCondition } from './routing/condition.js'
export type { GateLimits } from './routing/gate.js'
export { type Gates, openGates } from './routing/gates.js'
export { type OzProvider, type OzRouting, ozRouting } from './routing/oz-providers.js'
export type { Quota } from './routing/quota.js'
export { type Route, type RouterOptions, router } from './routing/router.js'
export { type Candidate, candidatesFor, type Selection } from './routing/selection.js'
export { factTags, type Tags, type TagValue, tagsOf } from './routing/tags.js'
export { Secret } from './secret.js'
export { agentSpawn } from './spawn-agent.js'
export { type PooledFetch, undiciFetch } from './undici-fetch.js'
export { VENDORS, type Vendor, type VendorName, vendorProvider } from './vendors.js'
export type { Door, ProviderOptions } from './wire.js'
