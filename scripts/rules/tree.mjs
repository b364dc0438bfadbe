import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { members } from '../lib/workspace.mjs'

const NOT_OURS = new Set(['node_modules', 'dist', 'testdata', 'coverage', '.git', '.toolchain', '.turbo'])
const READ = /\.(?:ts|tsx|mjs|js)$/

/**
 * What the rules judge: `files` as `{ path, text }` of all our code, `members` of the workspace, `catalog` (the text of
 * pnpm-workspace.yaml), the root's `manifest`, `pages` (every Markdown file as `{ path, text }`) and `places` (every file
 * and directory by its path). Paths are relative, with slashes. Tests make one by hand.
 */
export function readTree(root) {
  const files = ['packages', 'examples', 'bench', 'scripts'].flatMap((dir) => filesBelow(root, dir))
  const everything = filesBelow(root, '.').map((path) => path.slice(2))
  return {
    pages: everything
      .filter((path) => path.endsWith('.md'))
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
    places: new Set(everything.flatMap(withItsDirectories)),
    files: files.map((path) => ({ path, text: READ.test(path) ? readFileSync(join(root, path), 'utf8') : '' })),
    members: members(root).map(({ dir, manifest }) => ({ dir, manifest })),
    manifest: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
    catalog: readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'),
  }
}

/** The files of a tree that hold code. */
export function codeOf(tree) {
  return tree.files.filter(({ path }) => READ.test(path))
}

function withItsDirectories(path) {
  const steps = path.split('/')
  return steps.map((_, at) => steps.slice(0, at + 1).join('/'))
}

function filesBelow(root, dir) {
  if (!existsSync(join(root, dir))) return []
  const entries = readdirSync(join(root, dir), { withFileTypes: true }).filter(({ name }) => !NOT_OURS.has(name))
  return entries.flatMap((entry) => {
    const path = `${dir}/${entry.name}`
    return entry.isDirectory() ? filesBelow(root, path) : [path]
  })
}
