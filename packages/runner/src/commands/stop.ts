import { systemWorld } from '@nacre/kit'
import { Fault } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import { daemonStatus, stopDaemon } from '../daemon/control.js'
import { isAlive } from '../daemon/socket.js'
import { type CommandContext, print, printJson } from './context.js'

const STOP_MS = 15_000
const POLL_MS = 25

export async function stop(context: CommandContext): Promise<number> {
  const daemon = await daemonStatus(context.paths)
  if (daemon === undefined) {
    if (context.flags.json) printJson({ running: false, stopped: false })
    else print(`No daemon of ${context.user} is running.`)
    return EXIT.ok
  }
  await stopDaemon(context.paths)
  await gone(daemon.pid)
  if (context.flags.json) printJson({ running: false, stopped: true, pid: daemon.pid })
  else print(`${context.user}'s daemon (pid ${daemon.pid}) has stopped; nothing that was said is lost.`)
  return EXIT.ok
}

/** A process that is not our child can only be watched by asking. */
async function gone(pid: number): Promise<void> {
  const world = systemWorld()
  for (const until = world.now() + STOP_MS; isAlive(pid); await world.sleep(POLL_MS)) {
    if (world.now() < until) continue
    throw new Fault('timeout', `The daemon (pid ${pid}) has not stopped within ${STOP_MS / 1000} s.`, {
      mend: `End it by force: kill -9 ${pid}`,
    })
  }
}
