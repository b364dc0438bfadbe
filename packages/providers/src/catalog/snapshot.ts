import type { Catalog } from './catalog.js'

/** The catalog that ships with this package, and the day it was made. Where it is from: NOTICE.md. */
export type Snapshot = { readonly made: string; readonly providers: Catalog }

/** Read at the first call, not when the package is imported. */
export async function pinnedCatalog(): Promise<Snapshot> {
  const { default: snapshot } = await import('./snapshot.json', { with: { type: 'json' } })
  return snapshot
}
