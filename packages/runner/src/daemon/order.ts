import { resolve } from 'node:path'
import type { UserId } from '@nacre/types'
import type { CommandContext } from '../commands/context.js'
import type { UserPaths } from '../paths.js'
import type { DaemonStatus } from './control.js'
import type { DaemonPlan } from './plan.js'

/**
 * All that a daemon is told before it begins. Plain data, and keys are in it: it goes through pipes, never into
 * arguments, environment or a file.
 */
export type Order = {
  readonly user: UserId
  readonly program: string
  readonly paths: UserPaths
  readonly uid: number
  readonly startedWith: DaemonStatus['started_with']
  readonly plan: DaemonPlan
}

export function orderOf({ user, program, paths, uid, flags }: CommandContext, plan: DaemonPlan): Order {
  const absolute = (path: string | undefined) => (path === undefined ? null : resolve(path))
  const startedWith = { config: absolute(flags.config), workspace: absolute(flags.workspace), insecure: flags.insecure }
  return { user, program, paths, uid, startedWith, plan }
}
