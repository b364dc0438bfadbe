import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/**
 * What a production install of the package in `dir` would hold, itself included, as this clone's node_modules have it:
 * `[{ name, version, bytes }]`, heaviest first. Packages of the workspace count with what they would publish.
 */
export function productionPackages(dir) {
  const found = new Map()
  visit(realpathSync(dir), found)
  return [...found.values()].toSorted((a, b) => b.bytes - a.bytes)
}

function visit(dir, found) {
  if (found.has(dir)) return
  const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
  found.set(dir, { name: manifest.name, version: manifest.version, bytes: bytesOf(dir, manifest) })
  for (const name of Object.keys(manifest.dependencies ?? {})) visit(resolved(dir, name), found)
  for (const name of Object.keys(manifest.optionalDependencies ?? {})) {
    // One for another platform is not there.
    const path = lookedUp(dir, name)
    if (path) visit(path, found)
  }
}

function resolved(dir, name) {
  const path = lookedUp(dir, name)
  if (path) return path
  throw new Error(`${dir} depends on ${name}, which is not installed`)
}

/** As Node looks it up: in each node_modules on the way to the root. */
function lookedUp(from, name) {
  for (let dir = from; ; dir = dirname(dir)) {
    const path = join(dir, 'node_modules', name)
    if (basename(dir) !== 'node_modules' && existsSync(path)) return realpathSync(path)
    if (dir === dirname(dir)) return undefined
  }
}

function bytesOf(dir, manifest) {
  const inStore = dir.split(/[/\\]/).includes('node_modules')
  const published = inStore ? ['.'] : ['package.json', ...(manifest.files ?? ['.'])]
  return published.map((path) => sizeOf(join(dir, path))).reduce((sum, bytes) => sum + bytes, 0)
}

function sizeOf(path) {
  if (!existsSync(path)) return 0
  const stat = lstatSync(path)
  if (!stat.isDirectory()) return stat.size
  const names = readdirSync(path).filter((name) => name !== 'node_modules')
  return names.map((name) => sizeOf(join(path, name))).reduce((sum, bytes) => sum + bytes, 0)
}
