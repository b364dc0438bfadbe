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

/** The plan, read by a process of its own: what reads a configuration weighs more than a whole supervisor. */
export async function planApart({ env, ...context }: CommandContext): Promise<DaemonPlan> {
  const planner = spawn(process.execPath, [fileURLToPath(new URL('./planner.js', import.meta.url))], {
    env: withCompiled(env),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<string>((resolve) => {
    planner.once('error', (error) => resolve(error.message))
    planner.once('close', (code, signal) => resolve(`it ended with ${signal ?? code}`))
  })
  planner.stdin.on('error', () => undefined) // It died before it read: its end says so.
  planner.stdin.end(JSON.stringify(context))
  const [said, end] = await Promise.all([text(planner.stdout), ended])
  if (said === '') throw new Fault('internal', `The configuration could not be read: ${end}.`)
  const planned = JSON.parse(said) as Planned
  if ('plan' in planned) return planned.plan
  const { code, message, mend } = planned.fault
  throw new Fault(code, message, mend === undefined ? {} : { mend })
}
