import { basename } from 'node:path'
import { ModuleKind, Project, ScriptTarget } from 'ts-morph'
import { formatted } from './format.js'
import { methodsOf } from './method.js'
import { ToolgenProblem } from './problem.js'
import { schemaFile } from './schema.js'

/** A file that toolgen writes. */
export type Schemas = {
  readonly type: 'schemas'
  readonly source: string
  readonly path: string
  readonly text: string
}
export type Generated = Schemas | { readonly type: 'problem'; readonly problem: string }

/**
 * What belongs beside each of the `*.tools.ts` files given: the same for the same sources, wherever and in whatever order. A
 * problem names file and line of the first type in a file that has no schema without loss.
 */
export function generate(sources: readonly string[]): readonly Generated[] {
  const project = new Project({
    // Our own, whatever the project's are: a schema is not to depend on how somebody compiles.
    compilerOptions: {
      target: ScriptTarget.ES2024,
      lib: ['lib.es2024.d.ts'],
      module: ModuleKind.NodeNext,
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
      types: [],
    },
    skipFileDependencyResolution: true,
  })
  return sources.map((source) => generateOne(project, source))
}

function generateOne(project: Project, source: string): Generated {
  try {
    const methods = methodsOf(project.addSourceFileAtPath(source))
    const path = source.replace(/\.tools\.ts$/, '.tools.gen.ts')
    return { type: 'schemas', source, path, text: formatted(path, schemaFile(basename(source), methods)) }
  } catch (error) {
    if (error instanceof ToolgenProblem) return { type: 'problem', problem: error.message }
    throw error
  }
}
