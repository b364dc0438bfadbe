import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { Fault, type FaultCode } from '@nacre/types'
import type { CommandContext } from '../commands/context.js'
import { withCompiled } from '../compile-cache.js'
import type { DaemonPlan } from './plan.js'

/** What a planner says on its standard output, which only its parent reads. */
export type Planned =
  | { readonly plan: DaemonPlan }
  | { readonly fault: { readonly code: FaultCode; readonly message: string; readonly mend?: string } }

/** A process that will read the configuration: it loads while its parent does, and is told what to read afterwards. */
export type Planner = { plan(context: CommandContext): Promise<DaemonPlan>; abandon(): void }

/** What reads a configuration weighs more than a whole supervisor, so a process of its own does. */
export function beginPlan(env: NodeJS.ProcessEnv): Planner {
  const planner = spawn(process.execPath, [fileURLToPath(new URL('./planner.js', import.meta.url))], {
    env: withCompiled(env),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<string>((resolve) => {
    planner.once('error', (error) => resolve(error.message))
    planner.once('close', (code, signal) => resolve(`it ended with ${signal ?? code}`))
  })
  planner.stdin.on('error', () => undefined) // It died before it read: its end says so.
  const said = text(planner.stdout)
  return {
    plan: async ({ env: _, ...context }) => {
      planner.stdin.end(JSON.stringify(context))
      return planIn(await said, await ended)
    },
    abandon: () => void planner.kill('SIGKILL'),
  }
}

function planIn(said: string, end: string): DaemonPlan {
  if (said === '')
    throw new Fault('internal', `The configuration could not be read: ${end}.`, {
      mend: 'Start it again; where that does not help, report it with what standard error says.',
    })
  const planned = JSON.parse(said) as Planned
  if ('plan' in planned) return planned.plan
  const { code, message, mend } = planned.fault
  throw new Fault(code, message, mend === undefined ? {} : { mend })
}
