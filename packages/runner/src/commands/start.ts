import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { systemWorld } from '@nacre/kit'
import { Fault } from '@nacre/types'
import { type DaemonStatus, daemonStatus } from '../daemon/control.js'
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

export async function restart(context: CommandContext): Promise<number> {
  // A workspace that was chosen when it was started is kept.
  const workspace = context.flags.workspace ?? (await daemonStatus(context.paths))?.workspace
  await stop(context)
  const flags = { ...context.flags, ...(workspace !== undefined && { workspace }) }
  const daemon = await startDetached({ ...context, flags })
  print(`${context.user}'s daemon is ready again (pid ${daemon.pid}).`)
  return EXIT.ok
}

/** Holds the daemon in this process until it is told to stop. */
async function foreground(context: CommandContext): Promise<number> {
  const shown = process.env.NACRE_DETACHED === undefined
  const { supervisor } = await holdDaemon(context, shown)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => supervisor.stop())
  await supervisor.stopped
  return EXIT.ok
}

/** A daemon within this process: it goes when the process goes. `ready` resolves when its guest has come up. */
export async function holdDaemon(
  context: CommandContext,
  foreground: boolean,
): Promise<{ supervisor: Supervisor; ready: Promise<void> }> {
  const world = systemWorld()
  const ready = Promise.withResolvers<void>()
  const plan = await planDaemon(context)
  privateDirectory(context.paths.state, context.uid)
  mkdirSync(plan.workspace, { recursive: true, mode: 0o700 })
  const logger = fileLogger(context.paths.daemonLog, world, plan.redactor, foreground)
  for (const words of plan.isolation.words) logger.warn(words)
  for (const { name, reason } of plan.redactor.ignored) logger.info(`${name} is not looked for in answers: ${reason}`)
  const { paths, uid, program, user } = context
  const { routes, redactor, bootstrap } = plan
  const supervisor = await startSupervisor({ paths, uid, world, logger, routes, redactor, bootstrap }, () => {
    logger.info(`ready; join with: ${program} --tui --user ${user}`)
    ready.resolve()
  })
  return { supervisor, ready: ready.promise }
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
  } finally {
    child.stderr?.destroy()
    child.unref()
  }
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

async function readiness(
  context: CommandContext,
  ended: () => unknown,
  complaint: () => string,
): Promise<DaemonStatus> {
  const world = systemWorld()
  const until = world.now() + READY_MS
  for (;;) {
    const status = await daemonStatus(context.paths).catch(() => undefined)
    if (status?.ready) return status
    const fault = status?.guests[0]?.last_fault
    if (ended() !== null || world.now() > until) {
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
