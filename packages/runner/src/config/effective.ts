import type { Layers } from './compose.js'
import type { Config } from './config.js'
import { type Kind, type Leaf, leavesOf, nest } from './doc.js'
import { dotted, type KeyPath } from './key-path.js'
import { fileOf, schemaAt, wordsAt } from './keys.js'
import { originOf } from './problem.js'
import { agentSchema, runnerSchema, tuiSchema, userSchema } from './schema.js'

/** A key with the value that holds, a secret as `***`, and what set it. */
export type Effective = {
  readonly key: string
  readonly value: unknown
  readonly origin: string
  /** The file that it belongs into. */
  readonly file: string
}

const HIDDEN = '***'

/** Every value that holds, defaults too, by kind of file; what nobody set and what has no default is not there. */
export function effective(
  layers: Layers & { readonly tui: ReadonlyMap<string, Leaf> },
  config: Config,
): readonly Effective[] {
  const { user } = config
  const computed = {
    runner: { workspace_root: config.workspaceRoot },
    user: user === undefined ? {} : { mounts: { shared: user.workspace } },
  }
  return [
    ...effectiveOf('agent', agentSchema.parse(nest(layers.agent.values())), layers.agent),
    ...effectiveOf(
      'runner',
      { ...runnerSchema.parse(nest(layers.runner.values())), ...computed.runner },
      layers.runner,
    ),
    ...effectiveOf('user', { ...userSchema.parse(nest(layers.user.values())), ...computed.user }, layers.user),
    ...effectiveOf('tui', tuiSchema.parse(nest(layers.tui.values())), layers.tui),
  ]
}

function effectiveOf(kind: Kind, values: object, set: ReadonlyMap<string, Leaf>): readonly Effective[] {
  const doc = { kind, values: { ...values }, placeOf: () => ({ source: 'default' }), dir: '/', trusted: true }
  return leavesOf(doc)
    .filter(({ path, value }) => value !== undefined && path[0] !== 'config_version')
    .map(({ path, value }) => {
      const leaf = set.get(dotted(path))
      const origin = leaf === undefined ? 'default' : originOf(leaf.doc.placeOf(path))
      return { key: dotted(path), value: shown(kind, path, value), origin, file: fileOf(path) ?? '' }
    })
}

/** What may be seen of a value. An address's query is where some servers take their key. */
function shown(kind: Kind, path: KeyPath, value: unknown): unknown {
  if (isSecret(kind, path)) return HIDDEN
  if (Array.isArray(value)) return isSecret(kind, [...path, '0']) ? value.map(() => HIDDEN) : value
  if (path.at(-1) !== 'base_url') return value
  return String(value).replace(/\?.*/, `?${HIDDEN}`)
}

/** Whether a key takes a secret, itself or as a list of them. */
export const takesSecret = (kind: Kind, path: KeyPath): boolean =>
  isSecret(kind, path) || (schemaAt(kind, [...path, '0']) !== undefined && isSecret(kind, [...path, '0']))

const isSecret = (kind: Kind, path: KeyPath) => wordsAt(kind, path).secret === true
