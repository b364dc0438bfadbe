import { relative } from 'node:path'
import type { Node } from 'ts-morph'

/** A type or docstring of which no schema can be made without loss: where it is, what it is, what to write instead. */
export class ToolgenProblem extends Error {
  constructor(at: Node, what: string, mend: string) {
    super(`${placeOf(at)}: ${what}\n  write instead: ${mend}`)
    this.name = 'ToolgenProblem'
  }
}

function placeOf(at: Node): string {
  return `${relative('', at.getSourceFile().getFilePath())}:${at.getStartLineNumber()}`
}
