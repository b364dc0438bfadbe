import type { Json } from '@nacre/types'
import { parseJson } from './loose.js'

/** One value of streamed arguments, and where it belongs: `$.a.b[0]` (RFC 9535, names and indexes only). */
export type PartialArg = {
  readonly path: string
  readonly value: string | number | boolean | null
  /** More of this text follows. */
  readonly goesOn: boolean
}

/** Arguments while their values come in. */
export type ArgsDraft = { root: Branch; open: string | undefined }
type Branch = Map<string | number, Branch | Json>

/** No path is deeper: a stranger chooses it. */
const DEPTH = 64

export const newArgsDraft = (): ArgsDraft => ({ root: new Map(), open: undefined })

/** Puts a value where it belongs. One whose path cannot be read is left out. */
export function addPartialArg(draft: ArgsDraft, { path, value, goesOn }: PartialArg): void {
  const keys = keysOf(path)
  const last = keys?.pop()
  if (keys === undefined || last === undefined) return
  let branch = draft.root
  for (const key of keys) {
    const next = branch.get(key)
    const deeper: Branch = next instanceof Map ? next : new Map()
    branch.set(key, deeper)
    branch = deeper
  }
  const before = branch.get(last)
  const joins = draft.open === path && typeof before === 'string' && typeof value === 'string'
  branch.set(last, joins ? before + value : value)
  draft.open = goesOn ? path : undefined
}

/** The arguments as JSON text. */
export const argsTextOf = (draft: ArgsDraft): string => textOfBranch(draft.root)

function textOfBranch(branch: Branch): string {
  const entries = [...branch].map(([key, value]) => [
    key,
    value instanceof Map ? textOfBranch(value) : JSON.stringify(value),
  ])
  const isList = branch.size > 0 && [...branch.keys()].every((key) => typeof key === 'number')
  if (!isList) return `{${entries.map(([key, text]) => `${JSON.stringify(String(key))}:${text}`).join(',')}}`
  const sorted = entries.toSorted(([a], [b]) => Number(a) - Number(b))
  return `[${sorted.map(([, text]) => text).join(',')}]`
}

const STEP = /\.([^.[\]]+)|\[(\d{1,6})\]|\[('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\]/y

/** A path's steps, or nothing where it is none. */
function keysOf(path: string): (string | number)[] | undefined {
  if (!path.startsWith('$')) return undefined
  const keys: (string | number)[] = []
  STEP.lastIndex = 1
  while (STEP.lastIndex < path.length) {
    const [, name, index, quoted] = STEP.exec(path) ?? []
    const key = name ?? (index === undefined ? unquoted(quoted) : Number(index))
    if (key === undefined || keys.length === DEPTH) return undefined
    keys.push(key)
  }
  return keys
}

function unquoted(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const inner = text.slice(1, -1)
  const json = parseJson(text.startsWith('"') ? text : `"${inner.replaceAll("\\'", "'").replaceAll('"', '\\"')}"`)
  return typeof json === 'string' ? json : undefined
}
