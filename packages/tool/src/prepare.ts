import { nearest } from '@nacre/kit'
import type { JsonObject } from '@nacre/types'
import type { Registry } from './registry.js'
import type { Parsed, Tool, ToolResult } from './tool.js'

const NAMES_SHOWN = 24
const REASON_CHARS = 200

/** A call that may be judged and run, or what its model is told instead. `args` are the ones to record. */
export type Prepared =
  | { readonly type: 'ready'; readonly tool: Tool; readonly value: unknown; readonly args: JsonObject }
  | { readonly type: 'refused'; readonly result: ToolResult }

/** The first phase: looks the tool up, reads its arguments (blank is `{}`) and checks them. Runs nothing, never throws. */
export function prepare(registry: Registry, call: { readonly name: string; readonly argsText: string }): Prepared {
  const tool = registry.get(call.name)
  if (tool === undefined) return refused(unknownTool(registry, call.name))

  const args = readObject(call.argsText)
  if (typeof args === 'string')
    return refused(`The arguments of ${tool.name} are not a JSON object: ${args}. It did not run.`)

  const parsed = check(tool, args)
  if (parsed.ok) return { type: 'ready', tool, value: parsed.value, args }
  return refused([`The arguments of ${tool.name} were refused, and it did not run:`, ...parsed.problems].join('\n- '))
}

function unknownTool(registry: Registry, name: string): string {
  const names = registry.specs.map((spec) => spec.name)
  const asked = `There is no tool ${JSON.stringify(name.slice(0, 64))}.`
  const near = nearest(name, names)
  if (near.length > 0) return `${asked} Did you mean ${near.join(' or ')}?`
  if (names.length === 0) return `${asked} There are no tools in this session.`
  const more = names.length - NAMES_SHOWN
  return `${asked} There are: ${names.slice(0, NAMES_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`
}

function readObject(text: string): JsonObject | string {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value)
      ? value
      : `they are ${Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`}`
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, REASON_CHARS) : 'unreadable'
  }
}

/** Holds for what JSON.parse made: what is in a JSON object is JSON. */
const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function check(tool: Tool, args: JsonObject): Parsed {
  try {
    return tool.parse(args)
  } catch {
    // Nested too deep for a recursive check, or a schema that cannot be checked at once: a refusal, not a crash.
    return { ok: false, problems: ['they could not be checked; send simpler ones'] }
  }
}

const refused = (text: string): Prepared => ({
  type: 'refused',
  result: { parts: [{ type: 'text', text }], isError: true },
})
