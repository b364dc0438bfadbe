import { dotted, type KeyPath } from './key-path.js'

/** The five files; what a variable or flag sets is sorted into them too. */
export type Kind = 'agent' | 'providers' | 'runner' | 'user' | 'tui'
export type Table = { readonly [key: string]: unknown }

/** What set a key: a place in a file, or in words a variable, a flag or the default. */
export type Place = { readonly source: string; readonly line?: number; readonly column?: number }

/** One layer's share of one kind of file. */
export type Doc = {
  readonly kind: Kind
  readonly values: Table
  /** Where a key was set; for a key that is not there, where the nearest table above it is. */
  readonly placeOf: (path: KeyPath) => Place
  /** What relative paths in it are relative to. */
  readonly dir: string
  /** A project's files come with the project, possibly from a stranger. */
  readonly trusted: boolean
}

/** A key with its value, an array being one value. */
export type Leaf = { readonly path: KeyPath; readonly value: unknown; readonly doc: Doc }

export const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

export function leavesOf(doc: Doc, value: unknown = doc.values, path: KeyPath = []): readonly Leaf[] {
  if (!isTable(value)) return [{ path, value, doc }]
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(doc, inner, [...path, name]))
}

export function valueAt(table: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((at, name) => {
    if (Array.isArray(at)) return at[Number(name)]
    return isTable(at) && Object.hasOwn(at, name) ? at[name] : undefined
  }, table)
}

/** Leaves as nested tables. No prototype is reachable from a key's name. */
export function nest(leaves: Iterable<{ readonly path: KeyPath; readonly value: unknown }>): Table {
  const root: Record<string, unknown> = Object.create(null)
  for (const { path, value } of leaves) {
    let at = root
    for (const name of path.slice(0, -1)) {
      if (!isTable(at[name])) at[name] = Object.create(null)
      at = at[name] as Record<string, unknown>
    }
    at[path.at(-1) ?? ''] = value
  }
  return root
}

/** The layers from the lowest to the highest as one: the highest that has a key sets it. */
export function merge(docs: readonly Doc[]): ReadonlyMap<string, Leaf> {
  const merged = new Map<string, Leaf>()
  for (const leaf of docs.flatMap((doc) => leavesOf(doc))) {
    const key = dotted(leaf.path)
    const other = TWINS[key]
    if (other !== undefined && merged.get(other)?.doc !== leaf.doc) merged.delete(other)
    merged.set(key, leaf)
  }
  return merged
}

/** Two ways to say one thing: where a layer uses one, it takes the place of the other below it. */
const TWINS: Readonly<Record<string, string>> = { prompt: 'prompt_file', prompt_file: 'prompt' }
