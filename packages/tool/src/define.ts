import type { ReplayClass, SafetyClass } from '@nacre/types'
import { z } from 'zod'
import { losslessSchema } from './lossless.js'
import { problemsOf, wordsFor } from './problems.js'
import type { Asking, Tool, ToolContext, ToolResult } from './tool.js'

/** How long a call may take if its tool does not say. */
export const TIMEOUT_MS = 60_000

/** A tool as its author writes it: `input` is at once the check, the types and the JSON Schema that the model sees. */
export type ToolDefinition<S extends z.ZodObject> = {
  readonly name: string
  readonly description: string
  readonly input: S
  readonly safety: SafetyClass
  readonly replay: ReplayClass
  /** 60 s if not given. */
  readonly timeoutMs?: number
  run(input: z.output<S>, context: ToolContext): Promise<ToolResult | string | Asking>
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
    parameters: losslessSchema(definition.name, () => z.toJSONSchema(input, { io: 'input' })),
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
