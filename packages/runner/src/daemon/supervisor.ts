import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Redactor } from '@nacre/kit'
import type { World } from '@nacre/types'
import { createBroker, type Route } from '../broker/broker.js'
import type { Bootstrap, GuestAgent } from '../guest/bootstrap.js'
import { privateDirectory, type UserPaths } from '../paths.js'
import { controlServer, type DaemonStatus } from './control.js'
import { type Guest, type GuestProcess, keepGuest } from './guest-process.js'
import type { Logger } from './logger.js'
import { claimSocket, type Door } from './socket.js'

export type SupervisorOptions = {
  readonly paths: UserPaths
  readonly uid: number
  readonly world: World
  readonly logger: Logger
  readonly startedWith: DaemonStatus['started_with']
  readonly routes: readonly Route[]
  readonly redactor: Redactor
  /** What the guest is told beside the launch's token. */
  readonly bootstrap: Omit<Bootstrap, 'token'>
  /** A guest that was begun early and waits to be told. */
  readonly firstGuest: Guest
}

/** Resolves when the daemon has stopped. `onReady` is called each time its guest has come up. */
export type Supervisor = { readonly stopped: Promise<void>; stop(): void }

const GUEST_GRACE_MS = 5000
const WATCH_MS = 2000

/** Holds one user's daemon: the control socket, the broker, and the agent guest, which it keeps running. */
export async function startSupervisor(options: SupervisorOptions, onReady: () => void): Promise<Supervisor> {
  const { paths, world, logger } = options
  const token = randomBytes(32).toString('base64url')
  const stopping = new AbortController()
  const handlers = { status: () => statusOf(options, guest, startedAt), stop: () => stopping.abort() }
  let guest: GuestProcess | undefined
  const startedAt = world.now()

  let doors = await openDoors(options, token, handlers)
  guest = keepGuest(
    { bootstrap: { ...options.bootstrap, token }, state: paths.state, first: options.firstGuest },
    world,
    logger,
    onReady,
  )
  logger.info('daemon started', { pid: process.pid, runtime: paths.runtime })

  const run = async () => {
    while (!stopping.signal.aborted) {
      await world.sleep(WATCH_MS, stopping.signal)
      const found = tokenIn(paths.token)
      const whole = found === token && [paths.control, paths.broker].every((path) => existsSync(path))
      if (stopping.signal.aborted || whole) continue
      if (found !== undefined && found !== token) {
        // The directory was removed, and another start has made it its own: two daemons of one user must not be.
        logger.warn('another daemon has taken over; stopping', { runtime: paths.runtime })
        stopping.abort()
        continue
      }
      logger.warn('the runtime directory or a socket was removed; making it anew', { runtime: paths.runtime })
      for (const door of doors) door.close()
      // First, for who asks at the new doors must not be told that it is ready: its own door is gone.
      guest?.restart()
      doors = await openDoors(options, token, handlers)
    }
    logger.info('daemon stopping')
    await guest?.close(GUEST_GRACE_MS)
    for (const door of doors) door.close()
    if (tokenIn(paths.token) === token) {
      for (const path of [paths.control, paths.broker, paths.token]) rmSync(path, { force: true })
    }
    logger.info('daemon stopped')
  }
  return { stopped: run(), stop: () => stopping.abort() }
}

function tokenIn(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

async function openDoors(
  options: SupervisorOptions,
  token: string,
  handlers: Parameters<typeof controlServer>[1],
): Promise<Door[]> {
  const { paths, uid, world, logger, routes, redactor } = options
  // Its parent too: in /tmp somebody else could have made it before us.
  for (const directory of [dirname(paths.runtime), paths.runtime]) privateDirectory(directory, uid)
  const control = controlServer(() => token, handlers)
  // First the control socket: whoever holds it is the user's daemon, and all else in the directory is its own.
  const first = await claimSocket(control, paths.control, `The daemon of ${paths.runtime}`)
  writeFileSync(paths.token, `${token}\n`, { mode: 0o600 })
  const broker = createBroker(routes, { world, logger, redactor })
  rmSync(paths.broker, { force: true })
  return [first, await claimSocket(broker, paths.broker, 'A broker')]
}

function statusOf(
  { bootstrap, startedWith }: SupervisorOptions,
  guest: GuestProcess | undefined,
  startedAt: number,
): DaemonStatus {
  const { user, version, paths, isolation, agents } = bootstrap
  const { provider, model } = agents.default as GuestAgent
  return {
    user,
    pid: process.pid,
    version,
    ready: guest?.ready() ?? false,
    started_at: new Date(startedAt).toISOString(),
    endpoint: paths.gateway,
    tier: isolation.tier,
    sealed: isolation.sealed,
    isolation: isolation.words,
    provider: provider.type === 'offline' ? 'offline' : provider.name,
    model,
    workspace: paths.workspace,
    started_with: startedWith,
    guests: guest
      ? [
          {
            role: 'agent',
            pid: guest.pid(),
            restarts: guest.restarts(),
            last_fault: guest.lastFault()?.message ?? null,
            last_fault_code: guest.lastFault()?.code ?? null,
          },
        ]
      : [],
  }
}
