import { Fault, type JsonObject, type ReplayClass, type SafetyClass } from '@nacre/types'
import { z } from 'zod'
import { problemsOf, wordsFor } from './problems.js'
import type { Tool, ToolContext, ToolResult } from './tool.js'

const TIMEOUT_MS = 60_000

/** A tool as its author writes it: `input` is at once the check, the types and the JSON Schema that the model sees. */
export type ToolDefinition<S extends z.ZodObject> = {
  readonly name: string
  readonly description: string
  readonly input: S
  readonly safety: SafetyClass
  readonly replay: ReplayClass
  /** 60 s if not given. */
  readonly timeoutMs?: number
  run(input: z.output<S>, context: ToolContext): Promise<ToolResult | string>
  reconcile?(input: z.output<S>, context: ToolContext): Promise<ToolResult | 'not_started' | 'unknown'>
}

/**
 * Makes a Tool of a zod object. Keys that the object does not name are refused, never dropped. Throws a Fault
 * `invalid_input` if the schema cannot be told to a model without loss.
 */
export function defineTool<S extends z.ZodObject>(definition: ToolDefinition<S>): Tool {
  const input = definition.input.strict()
  const { reconcile } = definition
  // `run` and `reconcile` are given only what `parse` below returned, which is this schema's output.
  const trusted = (value: unknown) => value as z.output<S>
  return {
    name: definition.name,
    description: definition.description,
    parameters: parametersOf(definition.name, input),
    safety: definition.safety,
    replay: definition.replay,
    timeoutMs: definition.timeoutMs ?? TIMEOUT_MS,
    parse(args) {
      const parsed = input.safeParse(args, { error: wordsFor })
      return parsed.success ? { ok: true, value: parsed.data } : { ok: false, problems: problemsOf(parsed.error) }
    },
    run: (value, context) => definition.run(trusted(value), context),
    ...(reconcile && { reconcile: (value, context) => reconcile.call(definition, trusted(value), context) }),
  }
}

function parametersOf(name: string, input: z.ZodObject): JsonObject {
  let schema: JsonObject
  try {
    // Through JSON and back: what is left is what a provider will be sent, and nothing else.
    schema = z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(z.toJSONSchema(input, { io: 'input' }))))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown'
    throw lossy(name, `cannot be written as JSON Schema: ${why}`, 'Take a type that JSON has, and transform it', cause)
  }
  const { $schema: _, ...parameters } = schema
  refuseLossy(name, parameters, 'input')
  return parameters
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

const lossy = (tool: string, what: string, mend: string, cause?: unknown) =>
  new Fault('invalid_input', `The input of the tool "${tool}" ${what}`, { mend, cause })
