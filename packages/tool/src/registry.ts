import { Fault, type ToolSpec } from '@nacre/types'
import type { Tool } from './tool.js'

const NAME = /^[a-z][a-z0-9_]{0,63}$/

/** The tools of one agent. `specs` is what its model sees, in the order given. */
export type Registry = {
  readonly specs: readonly ToolSpec[]
  get(name: string): Tool | undefined
}

/**
 * Puts tools side by side. Throws a Fault `invalid_input` that names the first tool that a model could not be given,
 * or whose classes contradict each other, and how to mend it.
 */
export function createRegistry(tools: readonly Tool[]): Registry {
  const byName = new Map<string, Tool>()
  for (const tool of tools) {
    refuseBad(tool)
    if (byName.has(tool.name)) throw bad(tool, 'is there twice', 'Give each tool a name of its own')
    byName.set(tool.name, tool)
  }
  return {
    specs: tools.map(({ name, description, parameters }) => ({ name, description, parameters })),
    get: (name) => byName.get(name),
  }
}

function refuseBad(tool: Tool): void {
  const { properties } = tool.parameters
  if (!NAME.test(tool.name)) throw bad(tool, 'has a name that no provider takes', `Name it by ${NAME.source}`)
  if (tool.description.trim() === '') throw bad(tool, 'has no description', 'Say what it is for: models choose by it')
  if (tool.parameters.type !== 'object')
    throw bad(tool, 'has parameters that are not an object', 'Give a JSON Schema with "type": "object"')
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties))
    throw bad(tool, 'has parameters without "properties"', 'Name the properties; {} says that there are none')
  if (tool.replay === 'reconcile' && tool.reconcile === undefined)
    throw bad(tool, 'is to be reconciled but cannot be', 'Give it a reconcile function, or replay "never"')
  if (tool.replay === 'pure' && tool.safety !== 'read-only')
    throw bad(
      tool,
      `is ${tool.safety} and says that it is pure`,
      'Only a read-only tool can be pure: take "idempotent" or "never"',
    )
}

const bad = (tool: Tool, what: string, mend: string) =>
  new Fault('invalid_input', `The tool ${JSON.stringify(tool.name.slice(0, 80))} ${what}`, { mend })
