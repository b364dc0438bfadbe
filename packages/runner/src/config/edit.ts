import { isDeepStrictEqual } from 'node:util'
import { patch } from '@decimalturn/toml-patch'
import { parse, stringify } from 'smol-toml'
import { isTable, nest, type Table, valueAt } from './doc.js'
import { dotted, type KeyPath } from './key-path.js'
import { locate } from './locate.js'

/** A file's text with one key changed, or the place where a person has to do it, which is the first line that is involved. */
export type Edited = { readonly text: string } | { readonly byHand: { readonly line: number; readonly why: string } }

/**
 * A TOML text, which a parser has taken, with one key set; `undefined` takes it away. What comes back was read again:
 * the key has the value, every other key is as it was, and every line that is a comment is still there.
 */
export function edited(text: string, path: KeyPath, value: unknown): Edited {
  const before = read(text)
  if (before === undefined) return byHand(1, 'the file is not TOML')
  const { line } = locate(text)(path)
  const blocked = path.slice(0, -1).findIndex((_, at) => blocks(valueAt(before, path.slice(0, at + 1))))
  if (blocked !== -1) return byHand(line, `${dotted(path.slice(0, blocked + 1))} is no table there`)
  const wanted = value === undefined ? without(before, path) : withKey(before, path, value)
  const isNewTable = path.length > 1 && valueAt(before, path.slice(0, -1)) === undefined
  const made =
    value === undefined
      ? removed(text, path, wanted)
      : ((isNewTable ? appended(text, path, value, wanted) : undefined) ?? patched(text, wanted))
  if (made === undefined) return byHand(line, 'it is written in a way that this program does not change')
  return { text: made }
}

const byHand = (line: number, why: string): Edited => ({ byHand: { line, why } })
const blocks = (value: unknown) => value !== undefined && !isTable(value)

/** The key under a heading of its own at the end, as a person would write it. */
function appended(text: string, path: KeyPath, value: unknown, wanted: Table): string | undefined {
  const table = `[${dotted(path.slice(0, -1))}]\n${stringify({ [path.at(-1) ?? '']: value })}`
  const made = `${text.trim() === '' ? '' : `${text.trimEnd()}\n\n`}${table.trimEnd()}\n`
  const inStyle = text.includes('\r\n') ? made.replaceAll(/\r?\n/g, '\r\n') : made
  return holds(inStyle, text, wanted) ? inStyle : undefined
}

function patched(text: string, wanted: Table): string | undefined {
  try {
    const made = patch(text, wanted)
    return holds(made, text, wanted) ? made : undefined
  } catch {
    return undefined
  }
}

const MOST_LINES = 200

/** The fewest lines from the key on that hold it alone are taken away, and no comment above it. */
function removed(text: string, path: KeyPath, wanted: Table): string | undefined {
  const lines = text.split('\n')
  const from = locate(text)(path).line - 1
  for (let count = 1; count <= MOST_LINES && from + count <= lines.length; count++) {
    const made = lines.toSpliced(from, count).join('\n')
    if (holds(made, text, wanted)) return made
  }
  return patched(text, wanted)
}

function holds(made: string, text: string, wanted: Table): boolean {
  const got = read(made)
  if (got === undefined || !isDeepStrictEqual(plain(got), plain(wanted))) return false
  const comments = Map.groupBy(commentsIn(made), (comment) => comment)
  return [...Map.groupBy(commentsIn(text), (comment) => comment)].every(
    ([comment, all]) => (comments.get(comment)?.length ?? 0) >= all.length,
  )
}

const commentsIn = (text: string) => text.split('\n').flatMap((line) => /^\s*(#.*?)\s*$/.exec(line)?.[1] ?? [])

function read(text: string): Table | undefined {
  try {
    return parse(text, { maxDepth: 32 })
  } catch {
    return undefined
  }
}

function withKey(table: Table, path: KeyPath, value: unknown): Table {
  const [name = '', ...rest] = path
  const inner = Object.hasOwn(table, name) && isTable(table[name]) ? table[name] : {}
  return { ...table, [name]: rest.length === 0 ? value : withKey(inner, rest, value) }
}

function without(table: Table, path: KeyPath): Table {
  const [name = '', ...rest] = path
  const { [name]: inner, ...others } = table
  return rest.length === 0 || !isTable(inner) ? others : { ...table, [name]: without(inner, rest) }
}

/** With no order and no class: tables of two parsers are compared. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (!isTable(value)) return value instanceof Date ? value.toISOString() : value
  const names = Object.keys(value).toSorted()
  return nest(names.map((name) => ({ path: [name], value: plain(value[name]) })))
}
