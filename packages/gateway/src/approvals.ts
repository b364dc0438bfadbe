import { foldLedger, type Ledger, lift, type NewSessionEvent } from '@nacre/session'
import { type Commands, callId, commandId, LEDGER, PAGE_LIMIT, type Replies, streamName } from '@nacre/types'
import type { Context } from './context.js'
import { type Outcome, refuse } from './refusal.js'

/** So many are listed, the newest: each may show 2 KiB of arguments. */
const LISTED = 1000

/** What was approved for all sessions, the oldest first. */
export async function listApprovals(
  _: Commands['list_approvals'],
  context: Context,
): Promise<Outcome<Replies['list_approvals']>> {
  const { approvals } = await readLedger(context)
  return {
    result: {
      approvals: [...approvals.values()].slice(-LISTED).map(({ hash, about, at }) => ({
        hash,
        name: about?.name ?? '',
        args_text: about?.argsText ?? '',
        approved_at: at,
      })),
    },
  }
}

/** Takes one back: from the next turn on it is asked again. */
export async function revokeApproval(
  { command, hash }: Commands['revoke_approval'],
  context: Context,
): Promise<Outcome<Replies['revoke_approval']>> {
  const { approvals, seq } = await readLedger(context)
  if (!approvals.has(hash)) return NO_APPROVAL
  const revoked: NewSessionEvent = {
    type: 'approval.resolved',
    command: commandId(command),
    call: callId('always'),
    hash,
    verdict: 'denied',
    scope: 'always',
    by: context.client,
  }
  const appended = await context.log.append(streamName(context.user, LEDGER), [revoked])
  return { result: { seq: appended.type === 'appended' ? (appended.events.at(-1)?.seq ?? seq) : seq } }
}

const NO_APPROVAL: Outcome<never> = refuse(
  'approval_not_found',
  'Nothing with that hash is approved for all sessions.',
  'List the approvals.',
)

async function readLedger({ log, user }: Context): Promise<Ledger> {
  let ledger = foldLedger([])
  for (let end = false; !end; ) {
    const page = await log.read(streamName(user, LEDGER), { after: ledger.seq, limit: PAGE_LIMIT })
    ledger = foldLedger(
      page.events.map((event) => lift(event)),
      ledger,
    )
    end = page.end
  }
  return ledger
}
