import { nearest } from '@nacre/kit'
import { parse } from 'smol-toml'
import { type Doc, type Kind, nest } from './doc.js'
import { successorOf } from './foreign-keys.js'
import { dotted, type KeyPath } from './key-path.js'
import { isKey, keysOf, schemaAt } from './keys.js'
import type { Layer } from './layers.js'
import type { Problem } from './problem.js'

export type Env = Readonly<Record<string, string | undefined>>

const PREFIX = 'NACRE__'
/** The kinds that variables are sorted into; no key is in two of them. */
const KINDS: readonly Kind[] = ['agent', 'runner', 'user', 'tui']

type Setting = { readonly variable: string; readonly path: KeyPath; readonly kind: Kind; readonly value: unknown }

/** The layer of `NACRE__A__B=value`. Relative paths in it are relative to `cwd`. */
export function variablesOf(env: Env, cwd: string): Layer {
  const settings: Setting[] = []
  const problems: Problem[] = []
  for (const [variable, text] of Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (text === undefined || !variable.startsWith(PREFIX)) continue
    const path = variable.slice(PREFIX.length).toLowerCase().split('__')
    const kind = KINDS.find((each) => isKey(each, path))
    if (kind === undefined) problems.push(unknownVariable(variable, path))
    else settings.push({ variable, path, kind, value: valueIn(text, kind, path) })
  }
  const of = (kind: Kind) => settings.filter((setting) => setting.kind === kind)
  return { docs: KINDS.map((kind) => docOf(kind, of(kind), cwd)), problems }
}

function docOf(kind: Kind, settings: readonly Setting[], dir: string): Doc {
  const sources = new Map(settings.map(({ path, variable }) => [dotted(path), `variable ${variable}`]))
  const placeOf = (path: KeyPath) => {
    for (let length = path.length; length > 0; length--) {
      const source = sources.get(dotted(path.slice(0, length)))
      if (source !== undefined) return { source }
    }
    return { source: `a variable ${variableOf(path)}` }
  }
  return { kind, values: nest(settings), placeOf, dir, trusted: true }
}

/**
 * As TOML where it is one scalar or list; a key that takes text gets the text as it stands unless it is quoted, or is a list
 * and the key takes those too.
 */
export function valueIn(text: string, kind: Kind, path: KeyPath): unknown {
  const value = scalarOf(text)
  if (value === undefined || typeof value === 'string') return value ?? text
  const takes = (one: unknown) => schemaAt(kind, path)?.safeParse(one).success === true
  return takes(text) && !(Array.isArray(value) && takes(value)) ? text : value
}

function scalarOf(text: string): unknown {
  try {
    const { value, ...others } = parse(`value = ${text}`)
    return Object.keys(others).length === 0 ? value : undefined
  } catch {
    return undefined
  }
}

function unknownVariable(variable: string, path: KeyPath): Problem {
  const place = { source: `variable ${variable.slice(0, 128)}` }
  const successor = successorOf(path)
  if (successor !== undefined) return { place, text: `${dotted(path)}: ${successor}.` }
  const known = KINDS.flatMap(keysOf).map((key) =>
    variableOf(key.map((name, index) => (name === '*' ? (path[index] ?? name) : name))),
  )
  const [meant] = nearest(variable, known)
  return {
    place,
    text: 'sets no key that there is.',
    mend: meant === undefined ? 'Unset it.' : `Did you mean ${meant}?`,
  }
}

const variableOf = (path: KeyPath) => `${PREFIX}${path.join('__').toUpperCase()}`
