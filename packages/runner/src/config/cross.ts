import { sep } from 'node:path'
import { nearest } from '@nacre/kit'
import { ANY_VARIABLE, VENDOR_VARIABLES } from './api-key.js'
import type { Layers } from './compose.js'
import { type Config, isHttp, type ProviderConfig } from './config.js'
import type { Place } from './doc.js'
import { dotted, type KeyPath } from './key-path.js'
import type { Problem } from './problem.js'
import { TOOL_NAMES } from './tool-names.js'

/** Directories that must not be open to an agent. */
export type Guarded = { readonly home: string; readonly configHome: string; readonly stateHome: string }

/** What no single layer can be blamed for: keys that do not go together. */
export function crossProblems(layers: Layers, config: Config, guarded: Guarded): readonly Problem[] {
  const placeOf = (kind: keyof Layers, path: KeyPath): Place => {
    const leaf = layers[kind].get(dotted(path))
    return leaf ? leaf.doc.placeOf(path) : { source: 'default' }
  }
  return [
    ...typeless(layers),
    ...lacking(layers, config),
    ...selectionProblems(config, (path) => placeOf('agent', path)),
    ...fallbackProblems(config, (path) => placeOf('agent', path)),
    ...toolProblems(config, (path) => placeOf('agent', path)),
    ...leakProblems(config, placeOf('agent', ['tools', 'shell', 'env_keys'])),
    ...backoffProblems(config, (path) => placeOf('agent', path)),
    ...workspaceProblems(config, guarded, placeOf('user', ['mounts', 'shared'])),
  ]
}

/** Registry entries that no layer gives a type. */
function typeless({ agent }: Layers): readonly Problem[] {
  const entries = new Map(
    [...agent.values()].filter(({ path }) => path[0] === 'providers').map((leaf) => [leaf.path[2] ?? '', leaf]),
  )
  return [...entries].flatMap(([name, leaf]) => {
    const key = ['providers', 'registry', name, 'provider_type']
    if (agent.has(dotted(key))) return []
    return [
      {
        place: leaf.doc.placeOf(key),
        text: `${dotted(key)} is missing.`,
        mend: 'Set it to the vendor, such as "mistral", or to "openai_compatible".',
      },
    ]
  })
}

/** Entries that lack what their type cannot do without. */
function lacking({ agent }: Layers, { providers }: Config): readonly Problem[] {
  return [...providers.values()].flatMap((provider) => {
    const lack = lackOf(provider)
    if (lack === undefined) return []
    const entry = ['providers', 'registry', provider.name]
    const key = [...entry, lack.key]
    const place = agent.get(dotted([...entry, 'provider_type']))?.doc.placeOf(key) ?? { source: 'default' }
    return [{ place, text: `${dotted(key)} is missing.`, mend: lack.mend }]
  })
}

function lackOf(provider: ProviderConfig): { key: string; mend: string } | undefined {
  if (provider.type === 'cli')
    return provider.command === '' ? { key: 'command', mend: 'Set it to the program that answers.' } : undefined
  if (!isHttp(provider) || provider.baseUrl !== '') return undefined
  return { key: 'base_url', mend: `Set it: with ${provider.type} every customer has one of their own.` }
}

/** Of the agent at the top, and of each that selects a provider or a model for itself. */
function selectionProblems(config: Config, placeOf: (path: KeyPath) => Place): readonly Problem[] {
  const { selection, agents, providers, origins } = config
  const all = [
    { table: [] as KeyPath, selection },
    ...[...agents].map(([name, own]) => ({ table: ['agents', name], selection: own.selection })),
  ]
  return all.flatMap(({ table, selection: { provider: named } }) => {
    const isOwn = (key: string) => !['default', undefined].includes(origins.get(dotted([...table, 'selection', key])))
    if (table.length > 0 && !isOwn('provider') && !isOwn('model')) return []
    const place = placeOf([...table, 'selection', 'provider'])
    const key = dotted([...table, 'selection'])
    const provider = providers.get(named)
    if (provider === undefined) {
      const known = [...providers.keys()]
      const [meant] = nearest(named, known)
      const mend = meant === undefined ? `Known are ${known.join(', ')}.` : `Did you mean ${meant}?`
      return [{ place, text: `${key}.provider names no entry of providers.registry.`, mend }]
    }
    if (provider.type === 'offline' || isOwn('model')) return []
    const text = `${key}.provider is ${provider.name}, and no model is named.`
    return [{ place, text, mend: `Set ${key}.model too.` }]
  })
}

/** Models to fall back on whose provider is not in the registry. */
function fallbackProblems(
  { selection, agents, providers }: Config,
  placeOf: (path: KeyPath) => Place,
): readonly Problem[] {
  const all = [
    { path: ['selection', 'fallback'] as KeyPath, fallback: selection.fallback },
    ...[...agents].map(([name, own]) => ({
      path: ['agents', name, 'selection', 'fallback'],
      fallback: own.selection.fallback,
    })),
  ]
  return all.flatMap(({ path, fallback }) => {
    const lost = fallback.find(({ provider }) => !providers.has(provider))
    if (lost === undefined) return []
    const known = [...providers.keys()]
    const [meant] = nearest(lost.provider, known)
    const mend = meant === undefined ? `Known are ${known.join(', ')}.` : `Did you mean ${meant}?`
    return [
      { place: placeOf(path), text: `${dotted(path)} names ${lost.provider}, no entry of providers.registry.`, mend },
    ]
  })
}

/** A name that no tool has would restrain nothing. */
function toolProblems({ policy, agents }: Config, placeOf: (path: KeyPath) => Place): readonly Problem[] {
  const named = [
    ...Object.keys(policy.tools ?? {}).map((tool) => ({ path: ['policy', 'tools', tool], tool })),
    ...[...agents].flatMap(([name, { tools = [] }]) =>
      tools.map((tool) => ({ path: ['agents', name, 'tools'], tool })),
    ),
  ]
  return named
    .filter(({ tool }) => !TOOL_NAMES.some((known) => known === tool))
    .map(({ path, tool }) => {
      const [meant] = nearest(tool, TOOL_NAMES)
      const mend = meant === undefined ? `There are ${TOOL_NAMES.join(', ')}.` : `Did you mean ${meant}?`
      return { place: placeOf(path), text: `${dotted(path)}: there is no tool ${tool}.`, mend }
    })
}

/** A key that commands may see is a key that the model can read. */
function leakProblems({ tools, providers }: Config, place: Place): readonly Problem[] {
  const named = [...providers.values()].filter(isHttp).map(({ apiKeyEnv }) => apiKeyEnv)
  const keys = [...VENDOR_VARIABLES.map(({ name }) => name), ANY_VARIABLE, ...named]
  const leak = tools.shell.envKeys.find((name) => keys.includes(name) || /^(?:NACRE|OZ_PROVIDER)_/.test(name))
  if (leak === undefined) return []
  const text = `tools.shell.env_keys lists ${leak}, which is Nacre's own and may hold a key.`
  return [{ place, text, mend: 'Give commands a variable of another name.' }]
}

function backoffProblems({ reliability }: Config, placeOf: (path: KeyPath) => Place): readonly Problem[] {
  if (reliability.backoffBaseMs <= reliability.backoffMaxMs) return []
  const place = [placeOf(['reliability', 'backoff_base_ms']), placeOf(['reliability', 'backoff_max_ms'])].find(
    ({ source }) => source !== 'default',
  )
  return [
    {
      place: place ?? { source: 'default' },
      text: 'reliability.backoff_base_ms is more than reliability.backoff_max_ms.',
    },
  ]
}

/** An agent that could write its own configuration, or read everything, would make every other rule void. */
function workspaceProblems(
  { user }: Config,
  { home, configHome, stateHome }: Guarded,
  place: Place,
): readonly Problem[] {
  if (user === undefined) return []
  const open = [home, configHome, stateHome].find((dir) => within(dir, user.workspace))
  const inside = within(user.workspace, configHome) || within(user.workspace, `${stateHome}${sep}users`)
  if (open === undefined && !inside) return []
  const text = inside
    ? `the workspace ${user.workspace} lies among Nacre's own files.`
    : `the workspace ${user.workspace} holds ${open}.`
  return [{ place, text, mend: 'Name a directory that is for the agent alone, such as ~/agent.' }]
}

const within = (path: string, dir: string) => path === dir || path.startsWith(dir.endsWith(sep) ? dir : dir + sep)
