import { join } from 'node:path'
import { type Catalog, layered, pinnedCatalog } from '@nacre/providers/catalog'
import { Fault } from '@nacre/types'
import { readSmall } from '../config/read-file.js'
import { configHome, stateHome } from '../paths.js'

type Env = Readonly<Record<string, string | undefined>>

/** A file that says something of models, or the snapshot that ships with Nacre. The later of a list is the stronger. */
export type CatalogLayer = {
  readonly name: 'pinned' | 'fetched' | 'machine' | 'user'
  readonly path: string | undefined
  readonly catalog: Catalog
  /** What of the file could not be read and so does not hold. */
  readonly problems: readonly string[]
}

const CATALOG_BYTES = 32 * 1024 * 1024

/** Where catalogs lie: what `catalog fetch` wrote, the machine's own, the user's own. A project has none to give. */
export const catalogFiles = (env: Env, home: string, etc = '/etc/nacre') =>
  ({
    fetched: join(stateHome(env, home), 'catalog.json'),
    machine: join(etc, 'catalog.json'),
    user: join(configHome(env, home), 'catalog.json'),
  }) as const

/** The layers that there are, weakest first. A file that cannot be read at all is a layer with a problem. */
export async function catalogLayers(env: Env, home: string, etc?: string): Promise<readonly CatalogLayer[]> {
  const files = catalogFiles(env, home, etc)
  const { providers } = await pinnedCatalog()
  const layers: CatalogLayer[] = [{ name: 'pinned', path: undefined, catalog: providers, problems: [] }]
  for (const name of ['fetched', 'machine', 'user'] as const) {
    const path = files[name]
    const read = await readSmall(path, CATALOG_BYTES)
    if ('missing' in read) continue
    if ('refused' in read) layers.push({ name, path, catalog: {}, problems: [`${read.refused}.`] })
    else {
      const { parseCatalog } = await import('@nacre/providers/catalog-file')
      layers.push({ name, path, ...parseCatalog(read.text) })
    }
  }
  return layers
}

/** What holds. Throws a Fault `invalid_input` where a file that a person wrote says something that cannot be read. */
export async function loadCatalog(env: Env, home: string, etc?: string): Promise<Catalog> {
  const layers = await catalogLayers(env, home, etc)
  const broken = layers.find(({ name, problems }) => name !== 'fetched' && problems.length > 0)
  if (broken !== undefined)
    throw new Fault('invalid_input', `${broken.path}: ${broken.problems[0]}`, {
      mend: 'Put it right, or move the file away. To see all that is wrong: runner catalog verify',
    })
  return layered(...layers.map(({ catalog }) => catalog))
}
