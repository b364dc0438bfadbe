import { HARNESSES, type Harness, harnessOf, VENDORS } from '@nacre/providers'
import { type OzProvider, ozRouting } from '@nacre/providers/routing'
import { Fault } from '@nacre/types'
import { type Doc, isTable, type Table, valueAt } from './doc.js'
import { judge } from './judge.js'
import type { KeyPath } from './key-path.js'
import { type Layer, NOTHING } from './layers.js'
import type { Env } from './variables.js'

const PREFIX = 'OZ_PROVIDER_'

/**
 * The layer of `OZ_PROVIDER_<KEY>_…`, below all files. An entry that another layer has too is left to that layer as a
 * whole, and so is the selection: a key goes to the address that was named with it, and nobody is asked beside those
 * whom somebody selected. Only where these variables are to select must they be right.
 */
export function ozLayer(env: Env, others: readonly Doc[]): Layer {
  if (!Object.keys(env).some((name) => name.startsWith(PREFIX))) return NOTHING
  const selected = others.some(({ values }) => isTable(valueAt(values, ['selection'])))
  try {
    const { providers } = routingOf(env)
    const taken = others.flatMap(({ values }) => namesIn(valueAt(values, ['providers', 'registry'])))
    const own = providers.filter(({ key }) => !taken.includes(key))
    const registry = Object.fromEntries(own.map((provider) => [provider.key, entryOf(provider)]))
    const values = { ...(!selected && { selection: selectionOf(providers) }), providers: { registry } }
    const doc: Doc = { kind: 'agent', values, placeOf, dir: '/', trusted: true }
    return selected && judge(doc).length > 0 ? NOTHING : { docs: [doc], problems: [] }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const { message: text, mend } = error
    const problem = { place: placeOf([]), text, ...(mend !== undefined && { mend }) }
    return { docs: [], problems: selected ? [] : [problem] }
  }
}

/** The harness that the model's name means says who is asked first; without one, `OZ_DEFAULT_PROVIDER` does. */
function routingOf(env: Env) {
  const harness = harnessOf(env.OZ_MODEL ?? '')
  return ozRouting(env, harness, harness === 'custom' ? undefined : HARNESSES[harness].provider)
}

function selectionOf([first, ...others]: readonly OzProvider[]): Table {
  const fallback = others.map(({ key, model }) => `${key}/${model}`)
  return { provider: first?.key, model: first?.model, ...(fallback.length > 0 && { fallback }) }
}

function entryOf(provider: OzProvider): Table {
  const { quota } = provider
  const limits = quota && {
    message_limit: quota.limit,
    window_secs: Math.round(quota.windowMs / 1000),
    window: quota.window,
  }
  if (provider.kind === 'command') {
    return { provider_type: 'cli', command: provider.command, args: provider.args, ...limits }
  }
  const { baseUrl, apiKey } = provider
  return {
    provider_type: typeOf(provider),
    ...(baseUrl !== undefined && { base_url: baseUrl }),
    ...(apiKey && { api_key: apiKey.reveal() }),
    ...limits,
  }
}

/** As it was written. Where nothing was, the key stands there: it means its harness's usual type, or what most servers speak. */
function typeOf({ key, type }: Extract<OzProvider, { kind: 'api' }>): string {
  if (Object.hasOwn(VENDORS, type) || type !== key) return type
  return Object.values<Harness>(HARNESSES).find(({ provider }) => provider === key)?.types[0] ?? 'openai_compatible'
}

const namesIn = (table: unknown): readonly string[] => (isTable(table) ? Object.keys(table) : [])

function placeOf(path: KeyPath): { source: string } {
  const [table, , key = ''] = path
  const own = table === 'providers' && key !== '' ? `${key.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}_` : ''
  return { source: `variables ${PREFIX}${own}…` }
}
