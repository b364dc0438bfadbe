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
