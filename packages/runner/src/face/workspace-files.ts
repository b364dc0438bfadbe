import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

const MOST = 100

/**
 * The paths in a workspace that begin so, whatever the case, directories with a slash; at most 100. Hidden ones only
 * where a dot was typed. What cannot be read, or lies outside, has none.
 */
export async function workspaceFiles(workspace: string, prefix: string): Promise<readonly string[]> {
  const cut = prefix.lastIndexOf('/') + 1
  const [directory, begun] = [prefix.slice(0, cut), prefix.slice(cut).toLowerCase()]
  if (directory.startsWith('/') || directory.split('/').includes('..')) return []
  const entries = await readdir(join(workspace, directory), { withFileTypes: true }).catch(() => [])
  return entries
    .filter(({ name }) => name.toLowerCase().startsWith(begun) && (begun !== '' || !name.startsWith('.')))
    .map((entry) => `${directory}${entry.name}${entry.isDirectory() ? '/' : ''}`)
    .toSorted()
    .slice(0, MOST)
}
