import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Every workspace member as `{ dir, path, manifest }`, `dir` relative to the root, in a stable order. */
export function members(root) {
  return ['packages', 'examples'].flatMap((group) => membersOf(root, group))
}

export function membersOf(root, group) {
  if (!existsSync(join(root, group))) return []
  return readdirSync(join(root, group))
    .sort()
    .map((name) => ({ dir: `${group}/${name}`, path: join(root, group, name) }))
    .filter(({ path }) => existsSync(join(path, 'package.json')))
    .map((member) => ({ ...member, manifest: JSON.parse(readFileSync(join(member.path, 'package.json'), 'utf8')) }))
}
