import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { undiciFetch } from '@nacre/providers'
import {
  type Catalog,
  type CatalogChange,
  diffCatalogs,
  fetchCatalog,
  layered,
  lookup,
  MODELS_DEV,
  oddities,
  pinnedCatalog,
} from '@nacre/providers/catalog'
import { Fault } from '@nacre/types'
import { catalogFiles, catalogLayers, loadCatalog } from '../catalog/files.js'
import { EXIT } from '../command-line/exit.js'
import { type CommandContext, print, printJson } from './context.js'
import { tableOf } from './table.js'
import { printable } from './teller.js'

const FETCH_MS = 60_000

/** What is known of models. */
export async function show({ env, home, flags, program, words: [wanted] }: CommandContext): Promise<number> {
  const all = await loadCatalog(env, home)
  const some = wanted === undefined ? all : partOf(all, wanted, program)
  if (flags.json) printJson(some)
  else for (const line of tableOf([HEADER, ...modelRows(some)])) print(printable(line))
  return EXIT.ok
}

/** A provider, or one model of it. */
function partOf(all: Catalog, wanted: string, program: string): Catalog {
  const at = wanted.includes('/') ? wanted.indexOf('/') : wanted.length
  const [name, model] = [wanted.slice(0, at), wanted.slice(at + 1)]
  const provider = Object.hasOwn(all, name) ? all[name] : undefined
  if (provider !== undefined && model === '') return { [name]: provider }
  const facts = provider && Object.hasOwn(provider.models, model) ? provider.models[model] : undefined
  if (provider !== undefined && facts !== undefined) return { [name]: { ...provider, models: { [model]: facts } } }
  const found = lookup(all, name, model)
  const near = found.type === 'unknown' ? found.near : []
  throw new Fault('not_found', `The catalog knows no ${wanted}.`, {
    mend: near.length > 0 ? `Did you mean ${near.join(', ')}?` : `See them all: ${program} catalog show`,
  })
}

const HEADER = ['model', 'context', 'output', '$ in/M', '$ out/M', 'can']

const modelRows = (catalog: Catalog): readonly (readonly string[])[] =>
  Object.entries(catalog).flatMap(([provider, { models }]) =>
    Object.entries(models).map(([model, { cost, limit, modalities, reasoning, tool_call }]) => [
      `${provider}/${model}`,
      String(limit?.context ?? '?'),
      String(limit?.output ?? '?'),
      String(cost?.input ?? '?'),
      String(cost?.output ?? '?'),
      [tool_call && 'tools', reasoning && 'reasoning', ...(modalities?.input ?? []).filter((kind) => kind !== 'text')]
        .filter(Boolean)
        .join(' '),
    ]),
  )

/** What is wrong in which file. */
export async function verify({ env, home, flags }: CommandContext): Promise<number> {
  const layers = (await catalogLayers(env, home)).map(({ name, path, catalog, problems }) => ({
    layer: name,
    path: path ?? null,
    models: countOf(catalog),
    problems: [...problems, ...oddities(catalog)],
  }))
  const ok = layers.every(({ problems }) => problems.length === 0)
  const { made } = await pinnedCatalog()
  if (flags.json) printJson({ ok, pinned_at: made, layers })
  else
    for (const { layer, path, models, problems } of layers) {
      print(`${layer.padEnd(8)} ${models} models  ${path ?? `as of ${made}`}`)
      for (const problem of problems) print(printable(`         ${problem}`))
    }
  return ok ? EXIT.ok : EXIT.failed
}

const countOf = (catalog: Catalog) =>
  Object.values(catalog).reduce((sum, { models }) => sum + Object.keys(models).length, 0)

/** What differs from the catalog that ships. */
export async function diff({ env, home, flags }: CommandContext): Promise<number> {
  const { providers } = await pinnedCatalog()
  const changes = diffCatalogs(providers, await loadCatalog(env, home))
  if (flags.json) printJson({ changes })
  else printChanges(changes)
  return EXIT.ok
}

const SIGNS = { added: '+', removed: '-', changed: '~' } as const

function printChanges(changes: readonly CatalogChange[]): void {
  for (const change of changes) {
    const fields =
      change.type === 'changed'
        ? change.fields.map(({ field, before, after }) => `${field} ${said(before)} -> ${said(after)}`)
        : []
    print(printable(`${SIGNS[change.type]} ${change.model}${fields.length > 0 ? `  ${fields.join(', ')}` : ''}`))
  }
}

const said = (value: unknown) => JSON.stringify(value) ?? 'nothing'

/** The one command of these that uses the network; what it brings holds below the files that people wrote. */
export async function fetchAnew({ env, home, flags }: CommandContext): Promise<number> {
  const url = checkedUrl(flags.url ?? MODELS_DEV)
  await using network = undiciFetch()
  const text = await fetchCatalog(network, url, AbortSignal.timeout(FETCH_MS))
  const { parseCatalog } = await import('@nacre/providers/catalog-file')
  const { catalog: fetched, problems } = parseCatalog(text)
  if (countOf(fetched) === 0)
    throw new Fault('provider_error', `What ${url} sent is no catalog: ${problems[0] ?? 'it names no model.'}`, {
      mend: 'Nothing was changed. Check --url; without it the catalog is asked of models.dev.',
    })
  const path = catalogFiles(env, home).fetched
  const { providers: pinned } = await pinnedCatalog()
  const known = (await catalogLayers(env, home)).find(({ name }) => name === 'fetched')?.catalog ?? {}
  const changes = diffCatalogs(layered(pinned, known), layered(pinned, fetched))
  replaceFile(path, `${JSON.stringify(fetched)}\n`)
  const count = (type: CatalogChange['type']) => changes.filter((change) => change.type === type).length
  const told = { added: count('added'), removed: count('removed'), changed: count('changed') }
  if (flags.json) printJson({ path, models: countOf(fetched), ...told, left_out: problems })
  else {
    print(`${countOf(fetched)} models in ${path}: ${told.added} new, ${told.removed} gone, ${told.changed} changed.`)
    if (problems.length > 0)
      print(printable(`${problems.length} could not be read and were left out, such as ${problems[0]}`))
    print('A daemon that runs takes it with its next start.')
  }
  return EXIT.ok
}

/** Nobody on the way may change prices, and with them what a budget lets through. */
function checkedUrl(text: string): string {
  const url = URL.parse(text)
  const loopback = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && loopback))) return url.href
  throw new Fault('invalid_input', '--url takes an https URL (http on this machine only).', {
    mend: `For example: ${MODELS_DEV}`,
  })
}

/** A reader sees the old file or the new one. */
function replaceFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(`${path}.${process.pid}`, text, { mode: 0o600 })
  renameSync(`${path}.${process.pid}`, path)
}
