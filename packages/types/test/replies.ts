import type { BlobHash, CommandType, Isolation, Replies, ServerFrame, SessionId, SessionSummary } from '@nacre/types'
import { PROTOCOL_VERSION, type Seq, userId } from '@nacre/types'

const session = 'boat' as SessionId
const hash = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'
const onDisk: { seq: Seq } = { seq: 17 }
const model = 'anthropic/claude-sonnet-4-5'
const isolation: Isolation = { tier: 'process', sealed: false, words: ['NOT SEALED: …'] }
const queued = {
  type: 'turn.queued',
  seq: 17,
  at: 1_700_000_000_000,
  v: 1,
  input: 'k3v9',
  mode: 'queue',
  by: 'my-face',
  parts: [{ type: 'text', text: 'list files' }],
}
const summary: SessionSummary = {
  session,
  title: 'Boats',
  agent: 'default',
  status: 'idle',
  seq: 42,
  created_at: 1_700_000_000_000,
  updated_at: 1_700_000_060_000,
}

/** What each of the commands in `frames.ts` may be answered with: the examples of docs/protocol.md. */
export const REPLIES: { readonly [T in CommandType]: Replies[T] } = {
  hello: {
    protocol_version: PROTOCOL_VERSION,
    user: userId('alice'),
    server: 'nacre 0.1.0',
    isolation,
    model,
    workspace: '/shared',
    agents: ['default'],
  },
  subscribe: {},
  unsubscribe: {},
  send: onDisk,
  cancel: onDisk,
  cancel_all: { cancelled: 1 },
  approve: onDisk,
  deny: onDisk,
  answer: onDisk,
  select: onDisk,
  compact: onDisk,
  create_session: { session: summary },
  list_sessions: { sessions: [summary] },
  find_session: { session: summary },
  fork_session: { session: { ...summary, session: 'raft' as SessionId, seq: 61 } },
  rename_session: onDisk,
  archive_session: onDisk,
  delete_session: {},
  history: { events: [queued], before: 3 },
  put_blob: { size_bytes: 4, hash: hash as BlobHash },
  get_blob: { data: 'dGVzdA==', size_bytes: 4 },
  list_approvals: {
    approvals: [{ hash, name: 'shell', args_text: '{"command":"date"}', approved_at: 1_700_000_000_000 }],
  },
  revoke_approval: onDisk,
  list_agents: {
    agents: [
      {
        name: 'default',
        description: 'Answers.',
        model,
        context_tokens: 200_000,
        max_output_tokens: 8_192,
        budget: { turn: { limit_micro_usd: 500_000 } },
      },
    ],
    models: [{ model, context_tokens: 200_000, input_usd_per_mtok: 3, output_usd_per_mtok: 15, inputs: ['image'] }],
  },
  session_usage: {
    seq: 42,
    calls: 2,
    input_tokens: 5_210,
    cache_read_tokens: 2_048,
    output_tokens: 311,
    cost_micro_usd: 14_770,
    uncounted_calls: 0,
    unpriced_calls: 0,
    budget: { day: { limit_micro_usd: 5_000_000, spent_micro_usd: 14_770, spent_tokens: 5_521 } },
  },
  health: { healthy: true, event_loop_delay_ms: 1, sessions: 1, isolation, model },
}

/** Examples of what comes unasked. */
export const UNASKED: readonly ServerFrame[] = [
  { type: 'event', payload: { session, item: { kind: 'stored', event: queued } } },
  { type: 'event', payload: { session, item: { kind: 'live' } } },
  {
    type: 'event',
    payload: {
      session,
      item: {
        kind: 'transient',
        event: { type: 'text.delta', step: 'k3v9.1', offset: 0, text: 'Listing ' } as { type: string },
      },
    },
  },
  { type: 'resync_required', payload: { session } },
]
