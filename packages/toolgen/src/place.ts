import type { Node, Type } from 'ts-morph'
import { ToolgenProblem } from './problem.js'

/** Where a type stands while it is read. */
export type Place = {
  /** What an error points to. */
  readonly at: Node
  /** Whose text has the members of unions in their order. */
  readonly spelledAt: Node
  /** For a reader, such as `lines[].from`. */
  readonly path: string
  /** The types around it. */
  readonly within: readonly Type[]
}

export const below = (place: Place, step: string): Place => ({
  ...place,
  path: place.path === 'the argument' ? step.replace(/^\./, '') : `${place.path}${step}`,
})

export function lost(type: Type, place: Place, why: string, mend: string): ToolgenProblem {
  return new ToolgenProblem(place.at, `${place.path}: ${type.getText(place.at)} ${why}`, mend)
}
