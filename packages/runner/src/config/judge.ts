import { nearest } from '@nacre/kit'
import type { z } from 'zod'
import { type Doc, isTable, type Kind, leavesOf, type Table, valueAt } from './doc.js'
import { successorOf } from './foreign-keys.js'
import { dotted, type KeyPath } from './key-path.js'
import { fileOf, keysOf, namesAt, namingAt, wordsAt } from './keys.js'
import type { Problem } from './problem.js'
import { SCHEMAS } from './schema.js'

/** Everything in a layer that its schema does not take. */
export function judge(doc: Doc): readonly Problem[] {
  const result = SCHEMAS[doc.kind].safeParse(withoutDates(doc.values))
  const found = result.error?.issues.flatMap((issue) => problemsOf(doc, issue)) ?? []
  return doc.kind === 'agent' ? [...found, ...promptsTwice(doc), ...defaultAgent(doc)] : found
}

function promptsTwice(doc: Doc): readonly Problem[] {
  const { agents } = doc.values
  const tables: KeyPath[] = [[], ...(isTable(agents) ? Object.keys(agents).map((name) => ['agents', name]) : [])]
  const isSet = (path: KeyPath) => valueAt(doc.values, path) !== undefined
  return tables
    .filter((table) => isSet([...table, 'prompt']) && isSet([...table, 'prompt_file']))
    .map((table) => ({
      place: doc.placeOf([...table, 'prompt_file']),
      text: `${dotted([...table, 'prompt_file'])} and ${dotted([...table, 'prompt'])} are both set.`,
      mend: 'Keep one of them.',
    }))
}

function defaultAgent(doc: Doc): readonly Problem[] {
  const path = ['agents', 'default']
  if (valueAt(doc.values, path) === undefined) return []
  const text = 'agents.default: the default agent is the one at the top of agent.toml.'
  return [{ place: doc.placeOf(path), text, mend: 'Set its keys there, or choose another name.' }]
}

function problemsOf(doc: Doc, issue: z.core.$ZodIssue): readonly Problem[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') return issue.keys.flatMap((name) => unknown(doc, [...path, name]))
  if (issue.code === 'invalid_key') return [misnamed(doc, path)]
  return [mistaken(doc, path)]
}

/** Keys of Oxydra are answered one by one; any other unknown key or table as a whole. */
function unknown(doc: Doc, path: KeyPath): readonly Problem[] {
  const leaves = leavesOf(doc, valueAt(doc.values, path), path).map((leaf) => leaf.path)
  const paths = [path, ...leaves].some((each) => successorOf(each) !== undefined) && leaves.length > 0 ? leaves : [path]
  return paths.map((each) => ({ place: doc.placeOf(each), ...unknownKey(doc.kind, each) }))
}

/** What to say of a key that a kind of file does not have. */
export function unknownKey(kind: Kind, path: KeyPath): { text: string; mend?: string } {
  const successor = successorOf(path)
  if (successor !== undefined) return { text: `${dotted(path)}: ${successor}.` }
  const text = `unknown key ${dotted(path)}.`
  const home = fileOf(path)
  if (home !== undefined) return { text, mend: `It belongs into ${home}.` }
  const meant = meantBy(kind, path)
  return meant === undefined ? { text } : { text, mend: `Did you mean ${meant}?` }
}

/** The key that was probably meant: a neighbour that is spelled alike, or one of the same name in another table. */
function meantBy(kind: Kind, path: KeyPath): string | undefined {
  const table = path.slice(0, -1)
  const name = path.at(-1) ?? ''
  const [neighbour] = nearest(name, namesAt(kind, table))
  if (neighbour !== undefined) return dotted([...table, neighbour])
  const elsewhere = keysOf(kind).find((key) => key.at(-1) === name)
  return elsewhere?.map((part) => (part === '*' ? '<name>' : part)).join('.')
}

function misnamed(doc: Doc, path: KeyPath): Problem {
  const expected = namingAt(doc.kind, path.slice(0, -1))
  return { place: doc.placeOf(path), text: `${dotted(path)}: expected ${expected}.` }
}

function mistaken(doc: Doc, path: KeyPath): Problem {
  const { expected, secret, notYet = [] } = wordsAt(doc.kind, path)
  const value = valueAt(doc.values, path)
  const place = doc.placeOf(path)
  if (typeof value === 'string' && notYet.includes(value)) {
    return { place, text: `${dotted(path)}: "${value}" is not yet in this version, expected ${expected}.` }
  }
  const got = secret ? 'something else (not shown)' : shown(value, expected)
  return { place, text: `${dotted(path)}: expected ${expected}, got ${got}.` }
}

/** A text is shown only where words were expected: anywhere else it may be a key in the wrong place. */
function shown(value: unknown, expected: string): string {
  if (typeof value === 'string')
    return /^one of|^"/.test(expected) && /^[\w.-]{1,24}$/.test(value) ? `"${value}"` : 'a text'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof Date) return 'a date'
  return Array.isArray(value) ? 'a list' : 'a table'
}

/** No key takes a date, but a date passes for an empty table. */
function withoutDates(value: unknown): unknown {
  if (value instanceof Date) return 0n
  if (Array.isArray(value)) return value.map(withoutDates)
  if (!isTable(value)) return value
  const table: Record<string, unknown> = Object.create(null)
  for (const [name, inner] of Object.entries(value)) table[name] = withoutDates(inner)
  return table satisfies Table
}
