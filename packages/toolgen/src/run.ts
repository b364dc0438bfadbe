import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { driftOf } from './drift.js'
import { generate, type Schemas } from './generate.js'

/** What came of a run, in words for its reader; not `ok` if a type has no schema or a file is not as it should be. */
export type Report = { readonly ok: boolean; readonly lines: readonly string[] }

/**
 * Writes the schemas of each `*.tools.ts` among `paths`, where a directory stands for all below it; with `check`, writes
 * nothing and says what would change. Throws an Error if there is no such file.
 */
export function runToolgen(paths: readonly string[], { check }: { check: boolean }): Report {
  const files = [...new Set(paths.map((path) => resolve(path)).flatMap(filesAt))]
  const sources = files.filter((file) => file.endsWith('.tools.ts'))
  if (sources.length === 0) throw new Error(`there is no *.tools.ts at ${paths.join(', ') || 'no path'}`)

  const generated = generate(sources)
  const problems = generated.flatMap((result) => (result.type === 'problem' ? [result.problem] : []))
  const schemas = generated.filter((result) => result.type === 'schemas')
  const drifts = schemas.flatMap((file) => driftOf(file, contentOf(file.path)) ?? [])
  const done = check ? [] : writeStale(schemas)
  const wrong = [...problems, ...files.filter(isOrphan).map(orphanWords), ...(check ? drifts : [])]
  const fresh = schemas.length - drifts.length
  return { ok: wrong.length === 0, lines: [...done, ...wrong, ...(fresh > 0 ? [`${fresh} up to date`] : [])] }
}

function writeStale(schemas: readonly Schemas[]): readonly string[] {
  const stale = schemas.filter((file) => contentOf(file.path) !== file.text)
  for (const { path, text } of stale) writeFileSync(path, text)
  return stale.map(({ path }) => `wrote ${relative('', path)}`)
}

function filesAt(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path]
  const entries = readdirSync(path, { withFileTypes: true }).filter(
    ({ name }) => name !== 'node_modules' && name !== 'dist',
  )
  return entries
    .map((entry) => join(path, entry.name))
    .toSorted()
    .flatMap((entry) => (statSync(entry).isDirectory() || /\.tools(?:\.gen)?\.ts$/.test(entry) ? filesAt(entry) : []))
}

/** A schema whose methods are gone could still be imported, and would be stale for good. */
function isOrphan(file: string): boolean {
  return file.endsWith('.tools.gen.ts') && !existsSync(file.replace(/\.gen\.ts$/, '.ts'))
}

const orphanWords = (file: string) => `${relative('', file)} belongs to no *.tools.ts. Remove it.`
const contentOf = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)
