import { parse, TomlError } from 'smol-toml'
import type { Doc, Kind, Table } from './doc.js'
import { locate } from './locate.js'
import type { Problem } from './problem.js'

const DEEPEST = 32

/** A file's text as a layer's document, or what keeps it from being one. */
export function docOf(file: {
  readonly kind: Kind
  readonly path: string
  readonly dir: string
  readonly text: string
  readonly trusted: boolean
}): { readonly doc: Doc } | { readonly problem: Problem } {
  const { kind, path, dir, text, trusted } = file
  try {
    const values: Table = parse(text, { maxDepth: DEEPEST, unsafeKeyBehaviour: 'throw' })
    const find = lazily(() => locate(text))
    return { doc: { kind, values, dir, trusted, placeOf: (key) => ({ source: path, ...find()(key) }) } }
  } catch (error) {
    return { problem: syntaxProblem(path, error) }
  }
}

/** smol-toml's message goes on with the lines around the fault, which may hold a key: only its first line is kept. */
function syntaxProblem(path: string, error: unknown): Problem {
  if (!(error instanceof TomlError)) return { place: { source: path }, text: 'is not TOML.' }
  const why = error.message.split('\n', 1)[0]?.replace(/^Invalid TOML document: /, '') ?? 'unknown'
  return { place: { source: path, line: error.line, column: error.column }, text: `is not TOML: ${why}.` }
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
