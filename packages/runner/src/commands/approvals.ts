import type { StandingApproval } from '@nacre/client'
import { Fault } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import { type CommandContext, connect, print, printJson } from './context.js'
import { printable } from './teller.js'

const HASH_CHARS = 12

/** Lists what was approved for all sessions, or takes one of it back. */
export async function approvals(context: CommandContext): Promise<number> {
  const { revoke, json } = context.flags
  const client = await connect(context)
  try {
    const all = await client.approvals()
    if (revoke === undefined) return list(all, json)
    const [only, ...others] = all.filter(({ hash }) => hash.startsWith(revoke))
    if (only === undefined || others.length > 0) throw notOne(others.length, context.program)
    await client.revoke(only.hash)
    if (!json) print('Taken back. From the next turn on it is asked again.')
    return EXIT.ok
  } finally {
    await client.close()
  }
}

const notOne = (others: number, program: string) =>
  new Fault('not_found', others > 0 ? 'Several approvals begin with that.' : 'No approval begins with that.', {
    mend: `List them: ${program} approvals`,
  })

function list(all: readonly StandingApproval[], json: boolean): number {
  for (const approval of all) {
    if (json) printJson(approval)
    else print(printable(`${approval.hash.slice(0, HASH_CHARS)}  ${approval.name} ${approval.args_text}`))
  }
  if (all.length === 0 && !json) print('Nothing is approved for all sessions.')
  return EXIT.ok
}
