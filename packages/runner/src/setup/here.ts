import { undiciFetch } from '@nacre/providers'
import type { Catalog } from '@nacre/providers/catalog'
import { loadCatalog } from '../catalog/files.js'
import { aroundOf } from '../commands/around.js'
import type { CommandContext } from '../commands/context.js'
import type { Config } from '../config/config.js'
import { loadConfig } from '../config/load-config.js'
import { lookAround, type Surroundings } from './look-around.js'

/** What there is to choose from. */
export type Here = { readonly config: Config; readonly catalog: Catalog; readonly found: Surroundings }

export async function lookHere(context: CommandContext): Promise<Here> {
  await using network = undiciFetch({ connectMs: 300 })
  const config = await loadConfig(aroundOf(context))
  const [catalog, found] = await Promise.all([
    loadCatalog(context.env, context.home),
    lookAround(context, config, network),
  ])
  return { config, catalog, found }
}
