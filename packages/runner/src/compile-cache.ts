import { enableCompileCache, getCompileCacheDir } from 'node:module'
import { join } from 'node:path'
import { homeOf, privateDirectory, stateHome } from './paths.js'

/** Where compiled code of one state directory is kept. A guest's is never the host's: it could write code into it. */
export const compiledIn = (directory: string): string => join(directory, 'compiled')

/**
 * Keeps compiled code for the next start, for this process and those that inherit its environment. Whoever can write to
 * the directory decides what we run, so it is ours alone; where that cannot be, each start compiles anew.
 */
export function keepCompiled(): void {
  const { env } = process
  try {
    const directory = hostDirectory(env)
    privateDirectory(directory, process.getuid?.() ?? 0)
    enableCompileCache(directory)
  } catch {
    // A start that takes longer is no reason not to start.
  }
}

/** The environment of a process of ours that is to use the same compiled code. */
export function withCompiled(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // Not the directory that Node tells: that is one below, of its version, and a child would make another below that.
  return getCompileCacheDir() === undefined ? env : { NODE_COMPILE_CACHE: hostDirectory(env), ...env }
}

const hostDirectory = (env: NodeJS.ProcessEnv) => compiledIn(stateHome(env, homeOf(env)))
