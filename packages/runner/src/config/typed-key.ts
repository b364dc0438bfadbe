import { Fault } from '@nacre/types'
import { parse } from 'smol-toml'
import { isTable, type Kind } from './doc.js'
import { unknownKey } from './judge.js'
import { dotted, type KeyPath } from './key-path.js'
import { fileOf, isKey, KINDS, keysOf, schemaAt } from './keys.js'

const LONGEST = 512

/** A key that a person typed, with the kind of file that it is to be set in: the one that is named, else its own. */
export function typedKey(typed: string, wanted: Kind | undefined): { readonly kind: Kind; readonly path: KeyPath } {
  const path = keyPathOf(typed)
  const kind = wanted ?? KINDS.find((each) => isKey(each, path))
  if (kind !== undefined && isKey(kind, path)) return { kind, path }
  const table = KINDS.find((each) => schemaAt(each, path) !== undefined)
  if (table !== undefined && !isKey(table, path)) {
    const inner = keysOf(table).filter((key) => path.every((name, at) => key[at] === name || key[at] === '*'))
    const [example] = inner.map((key) => dotted([...path, ...key.slice(path.length)]).replaceAll('"*"', 'NAME'))
    throw new Fault('invalid_input', `${dotted(path)} is a table of keys.`, { mend: `Name one, such as ${example}.` })
  }
  const { text, mend } = unknownKey(kind ?? 'agent', path)
  const known = kind === undefined && fileOf(path) === undefined ? nearestOf(path) : mend
  throw new Fault('invalid_input', sentence(text), known === undefined ? SEE_ALL : { mend: known })
}

const SEE_ALL = { mend: 'See them all: config schema, or docs/config.md.' }
const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Not only agent.toml's keys are near. */
const nearestOf = (path: KeyPath) => KINDS.map((kind) => unknownKey(kind, path).mend).find((mend) => mend !== undefined)

function keyPathOf(typed: string): KeyPath {
  try {
    if (typed.length > LONGEST || /[\n\r=]/.test(typed)) throw new Error('no key')
    return pathIn(parse(`${typed} = 0`, { unsafeKeyBehaviour: 'throw' }))
  } catch (cause) {
    throw new Fault('invalid_input', 'That is not the name of a key.', {
      cause,
      mend: 'A key is written as in TOML: budget.day_usd, or keys."ctrl-r" where a part is no bare word.',
    })
  }
}

function pathIn(value: unknown): KeyPath {
  const [entry] = isTable(value) ? Object.entries(value) : []
  return entry === undefined ? [] : [entry[0], ...pathIn(entry[1])]
}
