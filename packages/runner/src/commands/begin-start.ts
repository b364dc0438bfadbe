import type { CommandContext } from './context.js'

/** What takes longest is begun before anything else is loaded. */
export async function beginStart(context: CommandContext): Promise<number> {
  const planner = context.flags.detach ? undefined : (await import('../daemon/plan-apart.js')).beginPlan(context.env)
  try {
    return await (await import('./start.js')).start(context, planner)
  } finally {
    planner?.abandon() // Unasked it would wait for ever, and this process for it.
  }
}
