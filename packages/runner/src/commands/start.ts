import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { systemWorld } from '@nacre/kit'
import { Fault } from '@nacre/types'
import { type DaemonStatus, daemonStatus, stopDaemon } from '../daemon/control.js'
import { fileLogger } from '../daemon/logger.js'
import { planDaemon } from '../daemon/plan.js'
import { type Supervisor, startSupervisor } from '../daemon/supervisor.js'
import { privateDirectory } from '../paths.js'
import { type CommandContext, EXIT, print } from './context.js'
import { stop } from './stop.js'

const READY_MS = 30_000
const POLL_MS = 25

export async function start(context: CommandContext): Promise<number> {
  const live = await daemonStatus(context.paths)
  if (live) {
    print(
      `${context.user}'s daemon is already running (pid ${live.pid}, ${live.provider}/${live.model}, workspace ${live.workspace}).`,
    )
    return EXIT.ok
  }
  if (!context.flags.detach) return foreground(context)
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
async function foreground(context: CommandContext): Promise<number> {
  const shown = process.env.NACRE_DETACHED === undefined
  const supervisor = await holdDaemon(context, shown)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => supervisor.stop())
  await supervisor.stopped
  return EXIT.ok
}

/** A daemon within this process: it goes when the process goes. Its guest comes up later, see `readiness`. */
export async function holdDaemon(context: CommandContext, foreground: boolean): Promise<Supervisor> {
  const world = systemWorld()
  const plan = await planDaemon(context)
  privateDirectory(context.paths.state, context.uid)
  mkdirSync(plan.workspace, { recursive: true, mode: 0o700 })
  const logger = fileLogger(context.paths.daemonLog, world, plan.redactor, foreground)
  for (const words of plan.isolation.words) logger.warn(words)
  for (const { name, reason } of plan.redactor.ignored) logger.info(`${name} is not looked for in answers: ${reason}`)
  const { paths, uid, program, user, flags } = context
  const absolute = (path: string | undefined) => (path === undefined ? null : resolve(path))
  const startedWith = { config: absolute(flags.config), workspace: absolute(flags.workspace), insecure: flags.insecure }
  const { routes, redactor, bootstrap } = plan
  return startSupervisor({ paths, uid, world, logger, routes, redactor, bootstrap, startedWith }, () => {
    logger.info(`ready; join with: ${program} --tui --user ${user}`)
  })
}

/** Starts the daemon on its own and returns when its guest is ready. */
export async function startDetached(context: CommandContext): Promise<DaemonStatus> {
  // What the configuration says is judged here too, where a person sees it.
  await planDaemon(context)
  const child = spawn(process.execPath, [process.argv[1] ?? '', ...daemonArgs(context)], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...context.env, NACRE_DETACHED: '1' },
  })
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4000)
  })
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
    child.stderr?.destroy()
    child.unref()
  }
}

async function stopOurs({ paths }: CommandContext, pid: number | undefined): Promise<void> {
  if ((await daemonStatus(paths))?.pid === pid) await stopDaemon(paths)
}

function daemonArgs({ user, flags }: CommandContext): string[] {
  const { config, workspace, insecure } = flags
  return [
    'start',
    '--user',
    user,
    ...(config ? ['--config', config] : []),
    ...(workspace ? ['--workspace', workspace] : []),
    ...(insecure ? ['--insecure'] : []),
  ]
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
