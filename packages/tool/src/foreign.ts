import type { JsonObject, ReplayClass, SafetyClass } from '@nacre/types'
import { z } from 'zod'
import type { z as zod3 } from 'zod/v3'
import { zodToJsonSchema } from 'zod-to-json-schema'
import { defineTool, TIMEOUT_MS } from './define.js'
import { judgeOf } from './json-schema.js'
import { losslessSchema, plainSchema } from './lossless.js'
import { fewProblems, pathOf } from './problems.js'
import type { Parsed, Tool, ToolContext, ToolResult } from './tool.js'

type Zod3Object = zod3.ZodObject<zod3.ZodRawShape, zod3.UnknownKeysParam>

/** A tool whose schema somebody else wrote: JSON Schema from MCP or an extension, or an object of Zod 3 or 4. */
export type ForeignTool = {
  readonly name: string
  readonly description: string
  readonly parameters: JsonObject | Zod3Object | z.ZodObject
  readonly safety: SafetyClass
  readonly replay: Exclude<ReplayClass, 'reconcile'>
  /** 60 s if not given. */
  readonly timeoutMs?: number
  /** Given JSON that fits the schema, and what Zod made of it if the schema is Zod's. */
  run(args: JsonObject, context: ToolContext): Promise<ToolResult | string>
}

/**
 * Makes a Tool of it. Throws a Fault `invalid_input` if the schema is empty, is not of an object, cannot be judged, or
 * if it is Zod's and JSON Schema cannot say all of it.
 */
export function foreignTool(foreign: ForeignTool): Tool {
  const { parameters, name } = foreign
  // What Zod made of JSON may be more than JSON; whoever wrote the schema wrote the tool that takes it.
  const run = (value: unknown, context: ToolContext) => foreign.run(value as JsonObject, context)
  if (isZod4(parameters)) return defineTool({ ...foreign, input: parameters, run })
  const isZod = isZod3(parameters)
  const schema = isZod ? losslessSchema(name, () => schemaOfZod3(parameters)) : plainSchema(name, () => parameters)
  const judge = judgeOf(name, schema, isZod ? undefined : parameters.$schema)
  return {
    name,
    description: foreign.description,
    parameters: schema,
    safety: foreign.safety,
    replay: foreign.replay,
    timeoutMs: foreign.timeoutMs ?? TIMEOUT_MS,
    parse(args) {
      const judged = judge(args)
      return judged.ok && isZod ? parseZod3(parameters, args) : judged
    },
    run,
  }
}

/** No JSON is ever one of these; the converter leaves them out in silence or writes something else. */
const NO_JSON = /^Zod(?:Date|Map|Set|BigInt|NaN|Symbol|Function|Promise|Undefined|Void)$/

function schemaOfZod3(schema: Zod3Object): unknown {
  return zodToJsonSchema(schema, {
    target: 'jsonSchema2019-09',
    $refStrategy: 'none',
    postProcess(said, type) {
      const name = 'typeName' in type ? String(type.typeName) : ''
      if (NO_JSON.test(name)) throw new Error(`${name} has no JSON`)
      return said
    },
  })
}

/** After the JSON Schema has been satisfied: defaults, transforms, and checks of its author's own. */
function parseZod3(schema: Zod3Object, args: unknown): Parsed {
  const parsed = schema.safeParse(args)
  if (parsed.success) return { ok: true, value: parsed.data }
  return {
    ok: false,
    problems: fewProblems(parsed.error.issues.map(({ path, message }) => `${pathOf(path)}${message}`)),
  }
}

const isZod4 = (schema: ForeignTool['parameters']): schema is z.ZodObject => schema instanceof z.core.$ZodType
const isZod3 = (schema: ForeignTool['parameters']): schema is Zod3Object =>
  '_def' in schema && 'safeParse' in schema && typeof schema.safeParse === 'function'
