import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Fault, type UserId } from '@nacre/types'

type Env = Readonly<Record<string, string | undefined>>

/** Where one user's daemon keeps its things. Everything here is 0700, every file 0600. */
export type UserPaths = {
  readonly state: string
  readonly log: string
  readonly daemonLog: string
  /** There while an import writes: which session. */
  readonly importing: string
  readonly runtime: string
  readonly control: string
  readonly broker: string
  readonly gateway: string
  readonly token: string
}

/** Longest path of a Unix socket that every system takes. */
const SOCKET_PATH_BYTES = 100

export const homeOf = (env: Env): string => env.HOME || homedir()
export const configHome = (env: Env, home: string): string =>
  join(env.XDG_CONFIG_HOME || join(home, '.config'), 'nacre')
export const stateHome = (env: Env, home: string): string =>
  join(env.XDG_STATE_HOME || join(home, '.local', 'state'), 'nacre')

/** Sockets live in a short directory of their own, for a home directory may be longer than a socket's path can be. */
function runtimeHome(env: Env, uid: number): string {
  const base = env.XDG_RUNTIME_DIR
  return base ? join(base, 'nacre') : join('/tmp', `nacre-${uid}`)
}

export function userPaths(user: UserId, env: Env, home: string, uid: number): UserPaths {
  const state = join(stateHome(env, home), 'users', user)
  const runtime = join(runtimeHome(env, uid), user)
  return {
    state,
    log: join(state, 'log.db'),
    daemonLog: join(state, 'daemon.log'),
    importing: join(state, 'importing'),
    runtime,
    control: join(runtime, 'control.sock'),
    broker: join(runtime, 'broker.sock'),
    gateway: join(runtime, 'gateway.sock'),
    token: join(runtime, 'token'),
  }
}

/** Why these paths cannot be used, if they cannot: one is too long for a socket. */
export function refusePath(paths: UserPaths): Fault | undefined {
  const longest = Buffer.byteLength(paths.control)
  if (longest <= SOCKET_PATH_BYTES) return undefined
  return new Fault(
    'invalid_input',
    `The socket path ${paths.control} has ${longest} bytes; a socket's path may have ${SOCKET_PATH_BYTES}.`,
    {
      mend: 'Set XDG_RUNTIME_DIR to a shorter directory that only you can enter.',
    },
  )
}

/** Makes a directory that only its owner can enter, and refuses one that belongs to somebody else. */
export function privateDirectory(path: string, uid: number): void {
  const stats = madeDirectory(path)
  if (!stats.isDirectory() || stats.uid !== uid) {
    throw new Fault('denied', `${path} is not a directory of yours (owner ${stats.uid}, you are ${uid}).`, {
      mend: 'Remove it, or set XDG_RUNTIME_DIR to a directory of your own.',
    })
  }
  if ((stats.mode & 0o077) !== 0) chmodSync(path, 0o700)
}

function madeDirectory(path: string) {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    return lstatSync(path)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown error'
    throw new Fault('storage_failed', `The directory ${path} cannot be made: ${why}`, {
      cause,
      mend: 'Remove what is in its way, or choose another place with XDG_RUNTIME_DIR or XDG_STATE_HOME.',
    })
  }
}
