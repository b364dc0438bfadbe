import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { systemWorld } from '@nacre/kit'
import { Fault } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import { withCompiled } from '../compile-cache.js'
import { type DaemonStatus, daemonStatus, stopDaemon } from '../daemon/control.js'
import { orderOf } from '../daemon/order.js'
import type { DaemonPlan } from '../daemon/plan.js'
import type { Planner } from '../daemon/plan-apart.js'
import { withdrawUnfinished } from '../session-file/unfinished.js'
import { type CommandContext, print } from './context.js'
import { stop } from './stop.js'

const READY_MS = 30_000
const POLL_MS = 25

/** `planner` is there where this process is to hold the daemon. */
export async function start(context: CommandContext, planner: Planner | undefined): Promise<number> {
  const live = await daemonStatus(context.paths)
  if (live) {
    print(
      `${context.user}'s daemon is already running (pid ${live.pid}, ${live.provider}/${live.model}, workspace ${live.workspace}).`,
    )
    return EXIT.ok
  }
  if (planner) return foreground(context, planner)
  const daemon = await startDetached(context)
  print(
    `${context.user}'s daemon is ready (pid ${daemon.pid}). Stop it: ${context.program} stop --user ${context.user}`,
  )
  return EXIT.ok
}

const NOTHING = { config: null, workspace: null, insecure: false }

export async function restart(context: CommandContext): Promise<number> {
  // What it was started with is kept, unless something else is named now.
  const { config, workspace, insecure } = (await daemonStatus(context.paths))?.started_with ?? NOTHING
  await stop(context)
  const flags = {
    ...context.flags,
    ...(context.flags.config === undefined && config !== null && { config }),
    ...(context.flags.workspace === undefined && workspace !== null && { workspace }),
    insecure: context.flags.insecure || insecure,
  }
  const daemon = await startDetached({ ...context, flags })
  print(`${context.user}'s daemon is ready again (pid ${daemon.pid}).`)
  return EXIT.ok
}

/** Holds the daemon in this process until it is told to stop. */
async function foreground(context: CommandContext, planner: Planner): Promise<number> {
  const { paths, uid } = context
  // What takes longest is begun first; it is holdDaemon that tells of its failure.
  const planned = planner.plan(context)
  planned.catch(() => undefined)
  await withdrawUnfinished(context)
  const { holdDaemon, untilStopped } = await import('../daemon/hold.js')
  const order = async () => orderOf(context, await planned)
  await untilStopped(await holdDaemon({ state: paths.state, uid }, order, true))
  return EXIT.ok
}

/**
 * Starts the daemon on its own and returns when its guest is ready. Without a plan the configuration is read here, where
 * a person sees what is wrong with it, while the daemon loads.
 */
export async function startDetached(context: CommandContext, plan?: DaemonPlan): Promise<DaemonStatus> {
  const { paths, uid } = context
  await withdrawUnfinished(context)
  const child = spawn(process.execPath, [DAEMON, paths.state, String(uid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
    env: withCompiled(context.env),
  })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4000)
  })
  child.stdin.on('error', () => undefined) // It died before it read: its exit says so.
  try {
    child.stdin.write(JSON.stringify(orderOf(context, plan ?? (await planHere(context)))))
  } finally {
    child.stdin.end()
  }
  try {
    return await readiness(
      context,
      () => child.exitCode ?? child.signalCode,
      () => complaint,
    )
  } catch (error) {
    // One that does not come up would try for ever, with nobody there to see it.
    await stopOurs(context, child.pid).catch(() => undefined)
    throw error
  } finally {
    child.stderr.destroy()
    child.unref()
  }
}

const planHere = async (context: CommandContext) => (await import('../daemon/plan.js')).planDaemon(context)

const DAEMON = fileURLToPath(new URL('../daemon/main.js', import.meta.url))

async function stopOurs({ paths }: CommandContext, pid: number | undefined): Promise<void> {
  if ((await daemonStatus(paths))?.pid === pid) await stopDaemon(paths)
}

/** Waits until the guest has come up, and says why where it does not. */
export async function readiness(
  context: CommandContext,
  ended: () => unknown,
  complaint: () => string,
): Promise<DaemonStatus> {
  const world = systemWorld()
  const until = world.now() + READY_MS
  for (;;) {
    const status = await daemonStatus(context.paths).catch(() => undefined)
    if (status?.ready) return status
    const { last_fault: fault = null, last_fault_code: code = null } = status?.guests[0] ?? {}
    // A log that is held may be free in a moment, when the one who holds it is going; nothing else mends itself.
    const hopeless = code !== null && code !== 'conflict'
    if (ended() !== null || world.now() > until || hopeless) {
      const why =
        complaint()
          .trim()
          .replace(/^runner: /, '') ||
        fault ||
        (ended() === null ? `it was not ready within ${READY_MS / 1000} s` : `it ended with ${String(ended())}`)
      throw new Fault('unavailable', `The daemon of ${context.user} did not start: ${why}`, {
        mend: `Look into its log: ${context.paths.daemonLog}`,
      })
    }
    await world.sleep(POLL_MS)
  }
}
