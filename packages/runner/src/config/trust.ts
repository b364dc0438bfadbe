import { join } from 'node:path'
import { type Doc, type Leaf, leavesOf, merge } from './doc.js'
import { dotted } from './key-path.js'
import { fileOf, schemaAt } from './keys.js'
import type { Problem } from './problem.js'
import { agentSchema } from './schema.js'

/** What only the user may set: where their keys go, what leaves the machine, which files are open to an agent. */
const RESERVED = [
  /^providers\./,
  /^agents\./,
  /^selection\.(?:fallback|required|preferred)$/,
  /^tools\.shell\.env_keys$/,
  /^mounts\./,
  /^behavior\./,
  /^workspace_root$/,
  /^users\./,
  /^gateway\.tcp_port$/,
]
const VERDICTS = ['allow', 'ask', 'deny']

/** How much a value of a key lets through; a project may only set less than the user's own layers. */
const LATITUDE: readonly (readonly [key: RegExp, latitude: (value: unknown) => number])[] = [
  [/^budget\./, Number],
  [/^policy\.approval_expires_secs$/, Number],
  [/^policy\./, (value) => -VERDICTS.indexOf(String(value))],
  [/^tools\.shell\.enabled$/, Number],
  [/^tools\.shell\.command_timeout_secs$/, Number],
  [/^runtime\.(?:max_turns|max_output_tokens)$/, Number],
  [/^reliability\.max_attempts$/, Number],
  [/^gateway\.max_concurrent_turns_per_user$/, Number],
]

/**
 * What a project's files set and may not, for they come with the project, which may be a stranger's. `below` are the
 * layers that lie under the project, `home` is where the user's own files are.
 */
export function overreach(project: readonly Doc[], below: readonly Doc[], home: string): readonly Problem[] {
  if (project.length === 0) return []
  const mine = merge(below)
  const defaults = new Map(leavesOf(byDefault()).map(({ path, value }) => [dotted(path), value]))
  return project.flatMap((doc) =>
    leavesOf(doc).flatMap((leaf) => {
      const why = forbidden(leaf, mine, defaults)
      const mend = `Put it into ${join(home, fileOf(leaf.path) ?? 'agent.toml')} instead.`
      return why === undefined ? [] : [{ place: doc.placeOf(leaf.path), text: `a project may not ${why}.`, mend }]
    }),
  )
}

function forbidden(
  { path, value }: Leaf,
  mine: ReadonlyMap<string, Leaf>,
  defaults: ReadonlyMap<string, unknown>,
): string | undefined {
  const key = dotted(path)
  if (RESERVED.some((pattern) => pattern.test(key))) return `set ${key}`
  const latitude = LATITUDE.find(([pattern]) => pattern.test(key))?.[1]
  if (latitude === undefined || !schemaAt('agent', path)?.safeParse(value).success) return undefined
  const limit = mine.has(key) ? mine.get(key)?.value : defaults.get(key)
  return latitude(value) > latitude(limit) ? `loosen ${key} (yours is ${String(limit)})` : undefined
}

function byDefault(): Doc {
  const values = agentSchema.parse({})
  return { kind: 'agent', values, placeOf: () => ({ source: 'default' }), dir: '/', trusted: true }
}
