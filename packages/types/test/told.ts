import type {
  AgentSummary,
  CommandType,
  Isolation,
  ModelSummary,
  Replies,
  SessionSummary,
  SessionUsage,
  SpendSoFar,
  StandingApproval,
} from '@nacre/types'

/** The keys of every reply, as the compiler knows them: a new one does not compile until it stands here. */
export const REPLIES: { readonly [T in CommandType]: Readonly<Record<keyof Required<Replies[T]>, 1>> } = {
  hello: { protocol_version: 1, user: 1, server: 1, isolation: 1, model: 1, workspace: 1, agents: 1 },
  subscribe: {},
  unsubscribe: {},
  send: { seq: 1 },
  cancel: { seq: 1 },
  cancel_all: { cancelled: 1 },
  approve: { seq: 1 },
  deny: { seq: 1 },
  answer: { seq: 1 },
  select: { seq: 1 },
  compact: { seq: 1 },
  create_session: { session: 1 },
  list_sessions: { sessions: 1 },
  find_session: { session: 1 },
  fork_session: { session: 1 },
  rename_session: { seq: 1 },
  archive_session: { seq: 1 },
  delete_session: {},
  history: { events: 1, before: 1 },
  put_blob: { size_bytes: 1, hash: 1 },
  get_blob: { data: 1, size_bytes: 1 },
  list_approvals: { approvals: 1 },
  revoke_approval: { seq: 1 },
  list_agents: { agents: 1, models: 1 },
  session_usage: {
    seq: 1,
    calls: 1,
    input_tokens: 1,
    cache_read_tokens: 1,
    output_tokens: 1,
    cost_micro_usd: 1,
    uncounted_calls: 1,
    unpriced_calls: 1,
    budget: 1,
  },
  health: { healthy: 1, event_loop_delay_ms: 1, sessions: 1, isolation: 1, model: 1 },
}

type Optional<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T] & string
type Names<T> = Record<Exclude<keyof T, Optional<T>>, ''> & Record<Optional<T>, '?'>
const shape = <T>(names: Names<T>): readonly string[] =>
  Object.entries<string>(names).map(([name, mark]) => `${name}${mark}`)

/** What is inside of replies, in the order in which the page shows it; `?` for what may be left out. */
export const SHAPES: Readonly<Record<string, readonly string[]>> = {
  'a summary of a session': shape<SessionSummary>({
    session: '',
    title: '',
    agent: '',
    model: '?',
    status: '',
    seq: '',
    created_at: '',
    updated_at: '',
    parent: '?',
    archived: '?',
  }),
  'an agent': shape<AgentSummary>({
    name: '',
    description: '',
    model: '',
    context_tokens: '',
    max_output_tokens: '',
    budget: '',
    refuses: '?',
  }),
  'a model': shape<ModelSummary>({
    model: '',
    context_tokens: '',
    input_usd_per_mtok: '?',
    output_usd_per_mtok: '?',
    inputs: '?',
  }),
  'an approval': shape<StandingApproval>({ hash: '', name: '', args_text: '', approved_at: '' }),
  'what a session used': shape<SessionUsage>({
    seq: '',
    calls: '',
    input_tokens: '',
    cache_read_tokens: '',
    output_tokens: '',
    cost_micro_usd: '?',
    uncounted_calls: '',
    unpriced_calls: '',
    budget: '',
  }),
  'its budgets': shape<SessionUsage['budget']>({ turn: '?', session: '?', day: '?' }),
  'a budget': shape<SpendSoFar>({ limit_micro_usd: '?', limit_tokens: '?', spent_micro_usd: '', spent_tokens: '' }),
  'what is enforced': shape<Isolation>({ tier: '', sealed: '', words: '' }),
}
