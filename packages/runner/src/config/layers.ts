import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import type { Doc, Kind, Leaf } from './doc.js'
import { dotted } from './key-path.js'
import type { Problem } from './problem.js'
import type { ReadFile } from './read-file.js'
import { docOf } from './toml.js'

/** What a layer's files hold, and what is wrong with them. */
export type Layer = { readonly docs: readonly Doc[]; readonly problems: readonly Problem[] }

/** How a file is read: from the disk, or as it would be after a change. */
export type Reader = (path: string) => Promise<ReadFile>

export const NOTHING: Layer = { docs: [], problems: [] }

/** The files of a configuration directory that tell a daemon something. What is not there sets nothing. */
export async function readDirectory(read: Reader, dir: string, trusted: boolean): Promise<Layer> {
  const files: [Kind, string][] = [
    ['agent', 'agent.toml'],
    ['providers', 'providers.toml'],
    ['runner', 'runner.toml'],
  ]
  return readAll(files.map(([kind, name]) => readFile(read, kind, join(dir, name), trusted)))
}

/** The terminal's file of each of these directories. */
export async function readTui(read: Reader, dirs: readonly string[]): Promise<Layer> {
  return readAll(dirs.map((dir) => readFile(read, 'tui', join(dir, 'tui.toml'), true)))
}

const KINDS_BY_NAME: ReadonlyMap<string, Kind> = new Map([
  ['providers.toml', 'providers'],
  ['runner.toml', 'runner'],
  ['tui.toml', 'tui'],
])

/** The layer of `--config`: a directory, or one file that its name tells the kind of (agent.toml where it does not). */
export async function readExtra(read: Reader, path: string): Promise<Layer> {
  const stats = await stat(path).catch(() => undefined)
  if (stats?.isDirectory()) return readDirectory(read, path, true)
  const kind = KINDS_BY_NAME.get(basename(path)) ?? 'agent'
  return readNamed(read, kind, path, { place: { source: 'flag --config' }, text: `there is no file ${path}.` })
}

/** A file that was named and so must be there. */
export async function readNamed(read: Reader, kind: Kind, path: string, missing: Problem): Promise<Layer> {
  const layer = await readFile(read, kind, path, true)
  return layer.docs.length + layer.problems.length === 0 ? { docs: [], problems: [missing] } : layer
}

/** A user's file in each of these directories. */
export async function readUser(read: Reader, dirs: readonly string[], user: string, trusted: boolean): Promise<Layer> {
  return readAll(dirs.map((dir) => readFile(read, 'user', join(dir, 'users', `${user}.toml`), trusted)))
}

/**
 * The text of a prompt_file. One that a project names must lie in its `.nacre` directory, links followed: any other
 * file of the user could be sent to a model by whoever wrote the project.
 */
export async function readPrompt(
  reader: Reader,
  leaf: Leaf,
  path: string,
): Promise<{ readonly text: string } | { readonly problem: Problem }> {
  const refuse = (text: string) => ({
    problem: { place: leaf.doc.placeOf(leaf.path), text: `${dotted(leaf.path)}: ${text}.` },
  })
  const real = await realpath(path).catch(() => undefined)
  if (real === undefined) return refuse(`there is no file ${path}`)
  if (!leaf.doc.trusted) {
    const open = join(await realpath(dirname(leaf.doc.dir)), basename(leaf.doc.dir)) + sep
    if (!real.startsWith(open)) return refuse(`a project may only name a file that lies in ${open}`)
  }
  const read = await reader(real)
  if ('text' in read) return { text: read.text }
  return refuse('refused' in read ? `${path} ${read.refused}` : `there is no file ${path}`)
}

async function readFile(reader: Reader, kind: Kind, path: string, trusted: boolean): Promise<Layer> {
  const read = await reader(path)
  if ('missing' in read) return NOTHING
  if ('refused' in read) return { docs: [], problems: [{ place: { source: path }, text: `${read.refused}.` }] }
  const made = docOf({ kind, path, dir: dirname(path), text: read.text, trusted })
  return 'doc' in made ? { docs: [made.doc], problems: [] } : { docs: [], problems: [made.problem] }
}

async function readAll(reading: readonly Promise<Layer>[]): Promise<Layer> {
  const layers = await Promise.all(reading)
  return { docs: layers.flatMap(({ docs }) => docs), problems: layers.flatMap(({ problems }) => problems) }
}
