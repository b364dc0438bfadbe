import { constants } from 'node:fs'
import { access, lstat, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { aroundOf } from '../commands/around.js'
import { loadConfig } from '../config/load-config.js'
import { configHome, refusePath, stateHome } from '../paths.js'
import { type Check, fact, ok, problem, type Said, type Scene } from './finding.js'

/** The directories that are ours alone, and the files in them that may hold keys. */
export const directories: Check = {
  name: 'directories',
  run: async ({ context }) => {
    const { env, home, paths, uid } = context
    const config = configHome(env, home)
    const places = [
      ...[stateHome(env, home), paths.state, dirname(paths.runtime), paths.runtime].map((path) => ({
        path,
        open: 0o077,
      })),
      // What may be read there is no secret; who can write there decides what runs.
      { path: config, open: 0o022 },
      ...['agent.toml', 'providers.toml'].map((name) => ({ path: join(config, name), open: 0o077 })),
    ]
    const found = (await Promise.all(places.map(({ path, open }) => judgePlace(path, open, uid)))).flat()
    return found.length > 0 ? found : [ok(`${config}, ${paths.state} and ${paths.runtime} are yours alone`)]
  },
}

/** `open` are the bits of its mode that must not be set. What is not there is no finding. */
async function judgePlace(path: string, open: number, uid: number): Promise<readonly Said[]> {
  const stats = await lstat(path).catch(() => undefined)
  if (stats === undefined) return []
  const isFile = path.endsWith('.toml')
  const real = stats.isSymbolicLink() && isFile ? await stat(path).catch(() => stats) : stats
  if (isFile ? !real.isFile() : !real.isDirectory())
    return [problem(`${path} is no ${isFile ? 'file' : 'directory'}.`, 'Move away what is there.')]
  if (real.uid !== uid)
    return [problem(`${path} belongs to user ${real.uid}, you are ${uid}.`, `sudo chown ${uid} ${path}`)]
  if ((real.mode & open) === 0) return []
  const mode = (real.mode & 0o777).toString(8)
  return [
    problem(
      `Others may ${open === 0o022 ? 'write to' : 'use'} ${path} (mode ${mode}).`,
      `chmod go-${open === 0o022 ? 'w' : 'rwx'} ${path}`,
    ),
  ]
}

export const socket: Check = {
  name: 'socket',
  run: async ({ context: { paths } }) => {
    const refusal = refusePath(paths)
    if (refusal === undefined) return [ok(`${paths.control} is short enough for a socket`)]
    return [problem(refusal.message, refusal.mend ?? '')]
  },
}

export const workspace: Check = {
  name: 'workspace',
  run: async ({ context }: Scene) => {
    const config = await loadConfig(aroundOf(context)).catch(() => undefined)
    if (config === undefined) return [fact('Which directory it is cannot be said while the configuration is wrong.')]
    return [await judgeWorkspace(config.user.workspace)]
  },
}

async function judgeWorkspace(path: string): Promise<Said> {
  const mend = 'Name another with runner start --workspace DIR, or mend its owner and mode.'
  const stats = await stat(path).catch(() => undefined)
  if (stats === undefined) return fact(`${path} is not there yet; a start makes it`)
  if (!stats.isDirectory()) return problem(`The workspace ${path} is no directory.`, mend)
  const writable = await access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
  return writable ? ok(`${path} can be written`) : problem(`The workspace ${path} cannot be written.`, mend)
}
