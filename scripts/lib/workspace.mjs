import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Every workspace member as `{ dir, path, manifest }`, `dir` relative to the root, in a stable order. */
export function members(root) {
  return [...['packages', 'examples'].flatMap((group) => membersOf(root, group)), memberAt(root, 'bench')].filter(
    Boolean,
  )
}

export function membersOf(root, group) {
  if (!existsSync(join(root, group))) return []
  return readdirSync(join(root, group))
    .sort()
    .map((name) => memberAt(root, `${group}/${name}`))
    .filter(Boolean)
}

function memberAt(root, dir) {
  const path = join(root, dir)
  const manifest = join(path, 'package.json')
  return existsSync(manifest) ? { dir, path, manifest: JSON.parse(readFileSync(manifest, 'utf8')) } : undefined
}
