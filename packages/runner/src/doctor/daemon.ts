import { existsSync } from 'node:fs'
import { openLog } from '@nacre/log'
import { Fault } from '@nacre/types'
import { connect } from '../commands/context.js'
import { type DaemonStatus, daemonStatus } from '../daemon/control.js'
import { type Check, fact, ok, problem, type Said, type Scene, warning } from './finding.js'
import { judgeClock } from './machine.js'

export const daemon: Check = {
  name: 'daemon',
  run: async ({ context }) => {
    const { user, paths, version, program } = context
    const status = await daemonStatus(paths)
    if (status === undefined) return [fact(`No daemon of ${user} is running.`)]
    return judgeDaemon(status, version, program)
  },
}

export function judgeDaemon(status: DaemonStatus, version: string, program: string): readonly Said[] {
  const restart = `${program} restart --user ${status.user}`
  const said = status.ready
    ? [ok(`pid ${status.pid}, ready`)]
    : [
        problem(
          `The daemon (pid ${status.pid}) runs, but its guest is not ready.`,
          `See why: ${program} logs --user ${status.user}`,
        ),
      ]
  const other =
    status.version === version
      ? []
      : [warning(`The daemon is of version ${status.version}, this program of ${version}.`, restart)]
  const restarted = status.guests
    .filter(({ restarts }) => restarts > 0)
    .map(({ role, restarts, last_fault: last }) =>
      warning(
        `The ${role} guest was started again ${restarts} times${last === null ? '' : `; the last fault: ${last}`}`,
        `See why: ${program} logs --user ${status.user}`,
      ),
    )
  return [...said, ...other, ...restarted]
}

/** The log, if nobody holds it, and whether it agrees with the clock. One of a running daemon is asked for through it. */
export const log: Check = {
  name: 'log',
  run: async (scene) => {
    const { context, now } = scene
    const running = (await daemonStatus(context.paths)) !== undefined
    if (!running && !existsSync(context.paths.log)) return [fact('There is no log yet.'), judgeClock(now(), undefined)]
    const { sessions, newest } = running ? await fromDaemon(scene) : await fromLog(scene)
    return [ok(`${sessions} sessions${running ? '' : '; it opens'}`), judgeClock(now(), newest)]
  },
}

type Known = { readonly sessions: number; readonly newest: number | undefined }
const known = (times: readonly number[]): Known => ({
  sessions: times.length,
  newest: times.length === 0 ? undefined : Math.max(...times),
})

async function fromDaemon({ context }: Scene): Promise<Known> {
  const client = await connect(context)
  try {
    return known((await client.sessions()).map(({ updated_at: time }) => time))
  } finally {
    await client.close()
  }
}

/** The lock is held for a moment: a daemon that starts in it tries again. */
async function fromLog({ context: { paths, user }, now }: Scene): Promise<Known> {
  try {
    await using opened = await openLog({ path: paths.log, now })
    const heads = await opened.heads(`${user}/`)
    const [latest] = heads.toSorted((a, b) => b.updatedAt - a.updatedAt)
    if (latest) await opened.read(latest.stream, { limit: 10, newestFirst: true })
    return known(heads.map(({ updatedAt }) => updatedAt))
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw new Fault(error.code, error.message, {
      cause: error,
      mend: error.mend ?? `Keep a copy of ${paths.log} before anything else.`,
    })
  }
}
