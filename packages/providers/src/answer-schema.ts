import type { Json, JsonObject } from '@nacre/types'
import { isObject, listOf } from './loose.js'

/** JSON Schemas for answers, which vendors can only promise to keep where they are of a certain form. */

/** What Anthropic's promise covers; anything else it refuses, so the model is told of it in words. */
const KEPT = new Set([
  ...['type', 'title', 'description', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'const'],
  ...['anyOf', 'allOf', '$ref', '$defs', 'format'],
])

/** A schema as Anthropic takes it: objects closed, `oneOf` as `anyOf`, bounds moved into the description. */
export function closedSchema({ $schema: _, ...schema }: JsonObject): JsonObject {
  const { oneOf, anyOf = oneOf, description, ...rest } = schema
  const inner = eachSchema({ ...rest, ...(anyOf === undefined ? {} : { anyOf }) }, closedSchema)
  const kept = Object.entries(inner).filter(([key]) => KEPT.has(key))
  const told = Object.entries(inner).filter(([key]) => !KEPT.has(key))
  const words = [
    ...(typeof description === 'string' ? [description] : []),
    ...told.map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
  ]
  return {
    ...Object.fromEntries(kept),
    ...(words.length === 0 ? {} : { description: words.join('; ') }),
    ...(schema.type === 'object' ? { additionalProperties: false } : {}),
  }
}

/** True where OpenAI's strict mode takes the schema: every object closed, every property required, no `oneOf`. */
export function isStrictSchema(schema: JsonObject): boolean {
  let strict = schema.oneOf === undefined && schema.allOf === undefined
  if (schema.type === 'object') {
    const names = Object.keys(isObject(schema.properties) ? schema.properties : {})
    strict &&= schema.additionalProperties === false && names.every((name) => listOf(schema.required).includes(name))
  }
  eachSchema(schema, (inner) => {
    strict &&= isStrictSchema(inner)
    return inner
  })
  return strict
}

const MAPS = ['properties', '$defs', 'definitions']
const LISTS = ['anyOf', 'allOf', 'prefixItems']

/** A schema with what is below it changed. */
function eachSchema(schema: JsonObject, change: (inner: JsonObject) => JsonObject): JsonObject {
  const visit = (value: Json): Json => (isObject(value) ? change(value) : value)
  const entries = Object.entries(schema).map(([key, value]): [string, Json] => {
    if (MAPS.includes(key) && isObject(value))
      return [key, Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, visit(inner)]))]
    if (LISTS.includes(key)) return [key, listOf(value).map(visit)]
    return [key, key === 'items' ? visit(value) : value]
  })
  return Object.fromEntries(entries)
}
