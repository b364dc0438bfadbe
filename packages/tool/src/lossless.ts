import { Fault, type JsonObject } from '@nacre/types'
import { z } from 'zod'

const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), z.json())

/**
 * The JSON Schema that `convert` makes, as a provider will be sent it. Throws a Fault `invalid_input` that names the tool
 * if it cannot be made, or if a model would be told less than what is checked.
 */
export function losslessSchema(tool: string, convert: () => unknown): JsonObject {
  const parameters = plainSchema(tool, convert)
  refuseLossy(tool, parameters, 'input')
  return parameters
}

/** The same for a schema whose author wrote JSON Schema: it may leave a property open, since what it says is what is checked. */
export function plainSchema(tool: string, convert: () => unknown): JsonObject {
  let schema: JsonObject
  try {
    // Through JSON and back: what is left is what a provider will be sent, and nothing else.
    schema = jsonObject.parse(JSON.parse(JSON.stringify(convert())))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown'
    throw lossy(tool, `cannot be written as JSON Schema: ${why}`, 'Take a type that JSON has, and transform it', cause)
  }
  const { $schema: _, description: __, ...parameters } = schema
  if (parameters.type === 'object') return 'properties' in parameters ? parameters : { ...parameters, properties: {} }
  const came = Object.keys(parameters).length === 0 ? 'says nothing' : 'is not an object'
  throw lossy(tool, came, 'Give a schema of an object, with a property for each argument')
}

/** A property of no type tells the model nothing; an object that drops what it does not know loses what the model said. */
function refuseLossy(tool: string, node: unknown, where: string): void {
  if (Array.isArray(node)) for (const child of node) refuseLossy(tool, child, `${where}[]`)
  if (!isObject(node)) return
  const { properties, additionalProperties } = node
  if (isObject(properties)) {
    if (additionalProperties === undefined)
      throw lossy(
        tool,
        `drops unknown keys at ${where}`,
        'Write z.strictObject, or z.looseObject if extra keys are meant',
      )
    for (const [key, property] of Object.entries(properties))
      if (isObject(property) && Object.keys(property).every((word) => word === 'description' || word === 'default'))
        throw lossy(tool, `says nothing of ${where}.${key}`, 'Say its type; any JSON is z.json()')
  }
  for (const [key, child] of Object.entries(node)) if (key !== 'default') refuseLossy(tool, child, `${where}.${key}`)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const lossy = (name: string, what: string, mend: string, cause?: unknown) =>
  new Fault('invalid_input', `The input of the tool "${name}" ${what}`, { mend, cause })
