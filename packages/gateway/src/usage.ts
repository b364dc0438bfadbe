import {
  addUse,
  apply,
  applyUses,
  EMPTY_LEDGER,
  EMPTY_SESSION,
  foldLedger,
  type LiftedEvent,
  lift,
  NO_USE,
  NO_USES,
  type SessionState,
  selectionOf,
  spentBySession,
  spentByTurn,
  type Use,
  type UseRow,
  type Uses,
} from '@nacre/session'
import {
  type Allowance,
  type Commands,
  LEDGER,
  type Millis,
  type Replies,
  type SessionId,
  type SessionUsage,
  type Spend,
  type SpendLimit,
  type SpendSoFar,
  streamName,
} from '@nacre/types'
import { type Context, findHead, NO_SESSION, type Offers } from './context.js'
import type { Outcome } from './refusal.js'

/** So many events are read at once: the loop is free again between two pages. */
const PAGE = 256
const DAY_MS = 86_400_000

/** What a session has used, as its own events say it, and what is left of its limits. */
export async function sessionUsage(
  { session }: Commands['session_usage'],
  context: Context,
): Promise<Outcome<Replies['session_usage']>> {
  if ((await findHead(context, session)) === undefined) return NO_SESSION
  const { state, uses } = await readTally(session, context)
  const budget = { ...budgetOf(state, context.offers), ...(await dayOf(context)) }
  return { result: { seq: state.seq, ...usedBy(uses.rows, context.offers), budget } }
}

/** The fold of a session, and beside it what its calls have used. What was said in finished turns is let go. */
type Tally = { readonly state: SessionState; readonly uses: Uses }

async function readTally(session: SessionId, { log, user }: Context): Promise<Tally> {
  let tally: Tally = { state: EMPTY_SESSION, uses: NO_USES }
  for (let end = false; !end; ) {
    const page = await log.read(streamName(user, session), { after: tally.state.seq, limit: PAGE })
    for (const stored of page.events) tally = counted(tally, lift(stored))
    end = page.end
  }
  return tally
}

function counted({ state, uses }: Tally, event: LiftedEvent): Tally {
  const next = apply(state, event)
  return { state: next.turns.length === 0 ? next : { ...next, turns: [] }, uses: applyUses(uses, event) }
}

function usedBy(rows: readonly UseRow[], offers: Offers): Omit<SessionUsage, 'seq' | 'budget'> {
  const total = rows.reduce<Use>(addUse, NO_USE)
  const unpriced = rows.filter((row) => !isPriced(row, offers)).reduce((sum, { calls }) => sum + calls, 0)
  return {
    calls: total.calls,
    input_tokens: total.inputTokens,
    cache_read_tokens: total.cacheReadTokens,
    output_tokens: total.outputTokens,
    ...((total.calls === 0 || unpriced < total.calls) && { cost_micro_usd: total.microUsd }),
    uncounted_calls: total.uncounted,
    unpriced_calls: unpriced,
  }
}

/** What costs nothing is free where that is known, and else nobody knows what it costs. */
const isPriced = ({ provider, model, microUsd }: UseRow, { models }: Offers): boolean =>
  microUsd > 0 ||
  models.some((offer) => offer.model === `${provider}/${model}` && offer.input_usd_per_mtok !== undefined)

function budgetOf(state: SessionState, { agents }: Offers): SessionUsage['budget'] {
  const { agent } = selectionOf(state)
  const { turn, session } = agents.find(({ name }) => name === agent)?.budget ?? {}
  const { open } = state
  return {
    ...(open && { turn: soFar(smaller(turn, limitOf(open.allowance)), spentByTurn(open)) }),
    session: soFar(session, spentBySession(state)),
  }
}

/** The user's day, in UTC, as far as it is limited. A turn that is open counts with all that it was granted. */
async function dayOf({ log, user, now, offers }: Context): Promise<Pick<SessionUsage['budget'], 'day'>> {
  const limit = limitOf(offers.day)
  if (Object.keys(limit).length === 0) return {}
  const begin = Math.floor(now() / DAY_MS) * DAY_MS
  const day = new Date(begin).toISOString().slice(0, 10)
  const { days } = foldLedger(await ledgerSince(begin, { log, user }), EMPTY_LEDGER)
  return { day: soFar(limit, days[day] ?? { microUsd: 0, tokens: 0 }) }
}

/** Whatever was granted for a day was granted on it, and settled afterwards: what lies before need not be read. */
async function ledgerSince(begin: Millis, { log, user }: Pick<Context, 'log' | 'user'>) {
  const events: LiftedEvent[] = []
  let before: number | undefined
  for (;;) {
    const range = { limit: PAGE, newestFirst: true, ...(before !== undefined && { before }) }
    const page = await log.read(streamName(user, LEDGER), range)
    events.push(...page.events.filter(({ at }) => at >= begin).map((event) => lift(event)))
    const oldest = page.events.at(-1)
    if (page.end || oldest === undefined || oldest.at < begin) return events.toReversed()
    before = oldest.seq
  }
}

const soFar = (limit: SpendLimit | undefined, { microUsd, tokens }: Spend): SpendSoFar => ({
  ...limit,
  spent_micro_usd: microUsd,
  spent_tokens: tokens,
})

const limitOf = ({ microUsd, tokens }: Allowance = {}): SpendLimit => ({
  ...(microUsd !== undefined && { limit_micro_usd: microUsd }),
  ...(tokens !== undefined && { limit_tokens: tokens }),
})

function smaller(a: SpendLimit = {}, b: SpendLimit = {}): SpendLimit {
  const least = (kind: keyof SpendLimit) => {
    const each = [a[kind], b[kind]].filter((limit) => limit !== undefined)
    return each.length === 0 ? {} : { [kind]: Math.min(...each) }
  }
  return { ...least('limit_micro_usd'), ...least('limit_tokens') }
}
