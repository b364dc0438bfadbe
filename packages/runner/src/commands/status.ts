import type { SessionSummary } from '@nacre/client'
import { EXIT } from '../command-line/exit.js'
import { type DaemonStatus, daemonStatus } from '../daemon/control.js'
import { type CommandContext, connect, print, printJson } from './context.js'
import { counted } from './counted.js'
import { statusInWords } from './status-in-words.js'
import { printable } from './teller.js'

export async function status(context: CommandContext): Promise<number> {
  const daemon = await daemonStatus(context.paths)
  if (daemon === undefined) {
    if (context.flags.json) printJson({ running: false, user: context.user })
    else
      print(
        `No daemon of ${context.user} is running. Start it: ${context.program} start --user ${context.user} --detach`,
      )
    return EXIT.notRunning
  }
  const sessions = daemon.ready ? await sessionsOf(context) : []
  if (context.flags.json) printJson({ running: true, ...daemon, sessions })
  else for (const line of inWords(daemon, sessions)) print(printable(line))
  return EXIT.ok
}

async function sessionsOf(context: CommandContext): Promise<readonly SessionSummary[]> {
  const client = await connect(context)
  try {
    return await client.sessions()
  } finally {
    await client.close()
  }
}

function* inWords(daemon: DaemonStatus, sessions: readonly SessionSummary[]): Iterable<string> {
  yield `${daemon.user}'s daemon runs since ${daemon.started_at} (pid ${daemon.pid}, version ${daemon.version})`
  yield `  model      ${daemon.provider}/${daemon.model}`
  yield `  workspace  ${daemon.workspace}`
  yield `  endpoint   ${daemon.endpoint}`
  // Where it is not sealed, the words below say so.
  yield `  tier       ${daemon.tier}${daemon.sealed ? ', sealed' : ''}`
  for (const words of daemon.isolation) yield `             ${words}`
  for (const guest of daemon.guests) {
    yield `  guest      ${guest.role}, ${guest.pid === null ? 'not running' : `pid ${guest.pid}`}, restarted ${counted(guest.restarts, 'time')}`
    if (guest.last_fault) yield `             last fault: ${guest.last_fault}`
  }
  yield `  sessions   ${sessions.length}`
  for (const session of sessions.slice(0, 10))
    yield `             ${session.session.slice(0, 8)}  ${statusInWords(session).padEnd(8)} ${session.title}`
}
