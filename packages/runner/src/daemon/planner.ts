import { text } from 'node:stream/consumers'
import { Fault } from '@nacre/types'
import type { CommandContext } from '../commands/context.js'
import { planDaemon } from './plan.js'
import type { Planned } from './plan-apart.js'

// Reads the configuration for a process that stays, and is gone with all that this takes. See plan-apart.ts.

async function planned(): Promise<Planned> {
  const context = JSON.parse(await text(process.stdin)) as Omit<CommandContext, 'env'>
  try {
    return { plan: await planDaemon({ ...context, env: process.env }) }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const { code, message, mend } = error
    return { fault: { code, message, ...(mend !== undefined && { mend }) } }
  }
}

process.stdout.write(JSON.stringify(await planned()))
