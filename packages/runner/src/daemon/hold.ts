import { mkdirSync } from 'node:fs'
import { createRedactor, systemWorld } from '@nacre/kit'
import { privateDirectory } from '../paths.js'
import { type Guest, spawnGuest } from './guest-process.js'
import { fileLogger } from './logger.js'
import type { Order } from './order.js'
import { type Supervisor, startSupervisor } from './supervisor.js'

/**
 * A daemon within this process: it goes when the process goes. Its first guest loads while the order is still being made,
 * and comes up later, see `readiness`. Nothing that reads a configuration is loaded here: this process stays.
 */
export async function holdDaemon(
  { state, uid }: { readonly state: string; readonly uid: number },
  order: () => Promise<Order>,
  foreground: boolean,
): Promise<Supervisor> {
  privateDirectory(state, uid)
  const firstGuest = spawnGuest(state)
  try {
    return await hold(await order(), firstGuest, foreground)
  } catch (error) {
    firstGuest.child.kill('SIGKILL')
    throw error
  }
}

function hold(order: Order, firstGuest: Guest, foreground: boolean): Promise<Supervisor> {
  const { paths, uid, program, user, startedWith, plan } = order
  const { workspace, isolation, routes, secrets, bootstrap } = plan
  mkdirSync(workspace, { recursive: true, mode: 0o700 })
  const world = systemWorld()
  const redactor = createRedactor(secrets)
  const logger = fileLogger(paths.daemonLog, world, redactor, foreground)
  for (const words of isolation.words) logger.warn(words)
  for (const { name, reason } of redactor.ignored) logger.info(`${name} is not looked for in answers: ${reason}`)
  return startSupervisor({ paths, uid, world, logger, routes, redactor, bootstrap, startedWith, firstGuest }, () => {
    logger.info(`ready; join with: ${program} --tui --user ${user}`)
  })
}

/** Until somebody stops it or tells this process to end. */
export async function untilStopped(supervisor: Supervisor): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => supervisor.stop())
  await supervisor.stopped
}
