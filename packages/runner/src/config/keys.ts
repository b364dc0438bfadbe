import { z } from 'zod'
import type { Kind } from './doc.js'
import type { KeyPath } from './key-path.js'
import { SCHEMAS } from './schema.js'
import { type Words, words } from './schema-values.js'

/** Every key that a schema knows, a `*` where the user gives the name. */
export function keysOf(kind: Kind): readonly KeyPath[] {
  return walk(SCHEMAS[kind])
}

/** The schema of the key or table at a path, or nothing where none can be. */
export function schemaAt(kind: Kind, path: KeyPath): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>((at, name) => at && step(bare(at), name), bare(SCHEMAS[kind]))
}

/** Whether a path is a key, not a table of keys. */
export function isKey(kind: Kind, path: KeyPath): boolean {
  const schema = schemaAt(kind, path)
  // A list is one value.
  if (schemaAt(kind, path.slice(0, -1)) instanceof z.ZodArray) return false
  return schema !== undefined && !(schema instanceof z.ZodObject) && !(schema instanceof z.ZodRecord)
}

/** The kinds of files; a key that two of them have belongs into the first. */
export const KINDS: readonly Kind[] = ['providers', 'agent', 'runner', 'user', 'tui']

/** The file that a key belongs into, if any has it. */
export function fileOf(path: KeyPath): string | undefined {
  const kind = KINDS.find((each) => isKey(each, path))
  return kind && nameOf(kind)
}

export const nameOf = (kind: Kind): string => (kind === 'user' ? 'users/<id>.toml' : `${kind}.toml`)

/** The names that a table may have, none where the user gives them. */
export function namesAt(kind: Kind, path: KeyPath): readonly string[] {
  const schema = schemaAt(kind, path)
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

/** What the messages say of the key at a path. */
export function wordsAt(kind: Kind, path: KeyPath): Words {
  const schema = schemaAt(kind, path)
  return (schema && words.get(schema)) ?? { expected: 'a table' }
}

/** What the messages say of the names in the table at a path. */
export function namingAt(kind: Kind, path: KeyPath): string {
  const schema = schemaAt(kind, path)
  const naming = schema instanceof z.ZodRecord ? words.get(schema.keyType as z.ZodType) : undefined
  return naming?.expected ?? 'another name'
}

function walk(schema: z.ZodType, path: KeyPath = []): readonly KeyPath[] {
  const inner = bare(schema)
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape).flatMap(([name, value]) => walk(value as z.ZodType, [...path, name]))
  }
  return inner instanceof z.ZodRecord ? walk(inner.valueType as z.ZodType, [...path, '*']) : [path]
}

function step(schema: z.ZodType, name: string): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) {
    return Object.hasOwn(schema.shape, name) ? bare(schema.shape[name] as z.ZodType) : undefined
  }
  if (schema instanceof z.ZodRecord) return bare(schema.valueType as z.ZodType)
  return schema instanceof z.ZodArray ? bare(schema.element as z.ZodType) : undefined
}

/** Without what says only that a key may be left out. */
function bare(schema: z.ZodType): z.ZodType {
  const wrapped = schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional
  return wrapped ? bare(schema.unwrap() as z.ZodType) : schema
}
