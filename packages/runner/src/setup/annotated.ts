import { stringify } from 'smol-toml'
import type { Kind } from '../config/doc.js'
import { jsonSchemaOf } from '../config/json-schema.js'
import { dotted, type KeyPath } from '../config/key-path.js'
import { keysOf, nameOf, wordsAt } from '../config/keys.js'

type Node = {
  readonly description?: string
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, Node>>
}

/**
 * A new file of a kind with every key explained: those in `set`, by their dotted names, with their values, all others as
 * comments with their defaults. What people name themselves, such as agents, is left to docs/config.md.
 */
export function annotated(kind: Kind, set: ReadonlyMap<string, unknown>): string {
  const schema: Node = jsonSchemaOf(kind)
  const keys = keysOf(kind).filter((path) => !path.includes('*') && path[0] !== 'config_version')
  const tables = Map.groupBy(keys, (path) => dotted(path.slice(0, -1)))
  const parts = [...tables].map(([table, paths]) =>
    [...(table === '' ? [] : [`[${table}]`]), ...paths.flatMap((path) => linesOf(kind, path, schema, set))].join('\n'),
  )
  return `${[HEAD(nameOf(kind)), ...parts].join('\n\n')}\n`
}

const HEAD = (
  name: string,
) => `# ${name}, written by runner setup. Without a # a line holds; with one it says what would be so.
# Change it here, or with: runner config set KEY VALUE. All keys: docs/config.md. What holds: runner config show --origin

config_version = "1"`

function linesOf(kind: Kind, path: KeyPath, schema: Node, set: ReadonlyMap<string, unknown>): readonly string[] {
  const node = path.reduce<Node | undefined>((at, name) => at?.properties?.[name], schema)
  const name = path.at(-1) ?? ''
  const value = set.get(dotted(path))
  const about = `# ${node?.description ?? ''}`
  if (value !== undefined) return [about, assignment(name, value)]
  if (node?.default !== undefined) return [about, `# ${assignment(name, node.default)}`]
  return [about, `# ${name}: ${wordsAt(kind, path).expected}; not set`]
}

const assignment = (name: string, value: unknown) => stringify({ [name]: value }).trim()
