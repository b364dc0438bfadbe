import { readdirSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import type { Kind } from '../src/config/doc.ts'
import { jsonSchemaOf } from '../src/config/json-schema.ts'
import type { KeyPath } from '../src/config/key-path.ts'
import { KINDS, keysOf, namingAt, wordsAt } from '../src/config/keys.ts'
import { SCHEMAS } from '../src/config/schema.ts'

// What is generated from the schemas. After a change: npx vitest run packages/runner/test/config-docs.test.ts -u

const docs = (path: string) => new URL(`../../../docs/${path}`, import.meta.url).pathname
type Node = {
  readonly description?: string
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, Node>>
  readonly additionalProperties?: Node | false
}

const nodeAt = (schema: Node, path: KeyPath): Node | undefined =>
  path.reduce<Node | undefined>((at, name) => {
    if (name !== '*') return at?.properties?.[name]
    return at?.additionalProperties === false ? undefined : at?.additionalProperties
  }, schema)

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
/** Names that a person chooses are written as one. */
const NAMES: Readonly<Record<string, string>> = {
  registry: 'PROVIDER',
  extra_headers: 'HEADER',
  tools: 'TOOL',
  agents: 'AGENT',
  users: 'USER',
  keys: 'ACTION',
}
const keyName = (path: KeyPath) =>
  path.map((name, at) => (name === '*' ? (NAMES[path[at - 1] ?? ''] ?? 'NAME') : name)).join('.')

const INTRO: Readonly<Record<Kind, string>> = {
  agent: 'How the agent thinks and what it may do. All keys of `providers.toml` may stand here too.',
  providers: 'The registry of providers alone, so that keys can live in a file of their own.',
  runner: 'This machine.',
  user: 'One person: `users/<id>.toml`.',
  tui: "The terminal's face. A project has none; a running daemon needs no restart for it.",
}

function* pageOf(): Iterable<string> {
  yield '# Configuration'
  yield ''
  yield 'Generated from the schemas in `packages/runner/src/config/`; the annotated files are in [`examples/config/`](../examples/config).'
  yield ''
  yield 'The later wins: defaults, `OZ_PROVIDER_…`, `/etc/nacre/`, `~/.config/nacre/` (`$XDG_CONFIG_HOME`), a project’s `.nacre/` (which may only tighten), `--config FILE`, variables'
  yield '`NACRE__BUDGET__DAY_USD=5`, flags. `runner config show --origin` says every value that holds and what set it, `runner config set KEY VALUE` changes your own file and'
  yield 'keeps its comments, `runner config unset KEY` takes a key out again, `runner config path` says where the files are. An unknown key is an error that names its line.'
  yield ''
  yield 'For an editor: `runner config schema agent`, or the files in [`schemas/config/`](schemas/config). Every file may have `config_version = "1"`.'
  for (const kind of ['agent', 'providers', 'runner', 'user', 'tui'] as const) {
    yield ''
    yield `## ${kind === 'user' ? 'users/&lt;id&gt;.toml' : `${kind}.toml`}`
    yield ''
    yield INTRO[kind]
    yield ''
    yield* tableOf([['key', 'takes', 'default', ''], ...keysIn(kind).map((path) => rowOf(kind, path))])
  }
  yield ''
}

const keysIn = (kind: Kind) =>
  keysOf(kind).filter(([first]) => first !== 'config_version' && !(kind === 'agent' && first === 'providers'))

/** As the formatter would have it. */
function* tableOf(rows: readonly (readonly string[])[]): Iterable<string> {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) => `| ${row.map((text, at) => text.padEnd(widths[at] ?? 0)).join(' | ')} |`
  const [head = [], ...others] = rows
  yield line(head)
  yield line(widths.map((width) => '-'.repeat(width)))
  for (const row of others) yield line(row)
}

function rowOf(kind: Kind, path: KeyPath): readonly string[] {
  const node = nodeAt(jsonSchemaOf(kind) as Node, path)
  const byDefault = node?.default === undefined ? '' : `\`${JSON.stringify(node.default)}\``
  const { expected, notYet = [] } = wordsAt(kind, path)
  const later = notYet.length > 0 ? ` (not yet: ${notYet.join(', ')})` : ''
  return [`\`${keyName(path)}\``, cell(expected + later), byDefault, cell(node?.description ?? '')]
}

describe('what is generated from the schemas of the configuration', () => {
  it('is docs/config.md', async () => {
    await expect([...pageOf()].join('\n')).toMatchFileSnapshot(docs('config.md'))
  })

  it.each(KINDS)('is docs/schemas/config/%s.json', async (kind) => {
    await expect(`${JSON.stringify(jsonSchemaOf(kind), null, 2)}\n`).toMatchFileSnapshot(
      docs(`schemas/config/${kind}.json`),
    )
  })

  it('is nothing else', () => {
    expect(readdirSync(docs('schemas/config')).sort()).toEqual(KINDS.map((kind) => `${kind}.json`).sort())
  })

  it('says of every key what it is for', () => {
    for (const kind of KINDS)
      for (const path of keysOf(kind)) {
        expect(nodeAt(jsonSchemaOf(kind) as Node, path)?.description, `${kind} ${path.join('.')}`).toMatch(/\.$/)
        expect(wordsAt(kind, path).expected, path.join('.')).not.toBe('a table')
        if (path.includes('*')) expect(namingAt(kind, path.slice(0, path.lastIndexOf('*')))).not.toBe('another name')
      }
  })

  it('as JSON Schema takes what the schema itself takes', () => {
    for (const kind of KINDS) {
      const takes = new Ajv2020({ strict: false }).compile(jsonSchemaOf(kind))
      const empty = SCHEMAS[kind].parse({})
      expect(takes({}), kind).toBe(true)
      expect(takes(JSON.parse(JSON.stringify(empty))), kind).toBe(true)
      expect(takes({ nothing_like_it: 1 }), kind).toBe(false)
    }
  })
})
