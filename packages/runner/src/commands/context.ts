import type { Client } from '@nacre/client'
import { systemWorld } from '@nacre/kit'
import { Fault, type UserId, type World } from '@nacre/types'
import type { Table } from '../command-line/command.js'
import type { Flags } from '../command-line/flags.js'
import { type DaemonStatus, daemonStatus, readToken } from '../daemon/control.js'
import type { UserPaths } from '../paths.js'

/** What every command is given. */
export type CommandContext = {
  readonly user: UserId
  readonly flags: Flags
  readonly words: readonly string[]
  readonly paths: UserPaths
  readonly env: NodeJS.ProcessEnv
  readonly home: string
  readonly uid: number
  readonly version: string
  /** How this program is called here, for the mends that it prints. */
  readonly program: string
  readonly table: Table
}

/** A client of the running daemon, or a Fault that says how to start it. */
export async function connect(context: CommandContext, world: World = systemWorld()): Promise<Client> {
  await runningDaemon(context)
  // Only now: who starts a daemon, and stays as one, needs no client.
  const [{ createClient }, { dialSocket }] = await Promise.all([import('@nacre/client'), import('@nacre/client/node')])
  const client = createClient({
    dial: dialSocket({ path: context.paths.gateway }),
    token: () => readToken(context.paths),
    name: `runner-${context.version}`,
    world,
  })
  await client.connected()
  return client
}

async function runningDaemon(context: CommandContext): Promise<DaemonStatus> {
  const status = await daemonStatus(context.paths)
  if (status) return status
  throw new Fault('unavailable', `No daemon of ${context.user} is running.`, {
    mend: `Start it: ${context.program} start --user ${context.user} --detach`,
  })
}

export const print = (text: string): void => void process.stdout.write(`${text}\n`)
export const printJson = (value: unknown): void => print(JSON.stringify(value))
