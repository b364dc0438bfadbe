import { z } from 'zod'
import type { Kind } from './doc.js'
import { nameOf } from './keys.js'
import { SCHEMAS } from './schema.js'

/** A kind of file as JSON Schema (2020-12), for editors. What only a parser can tell, such as whether a URL is one, it leaves open. */
export function jsonSchemaOf(kind: Kind): object {
  const { $schema, ...schema } = z.toJSONSchema(SCHEMAS[kind], { io: 'input' })
  return { $schema, title: nameOf(kind), ...schema }
}
