import {
  type BlobHash,
  type Client,
  type ConnectionStatus,
  Fault,
  type SessionItem,
  type SessionSummary,
  sessionId,
} from '@nacre/client'
import { approvalResolved, cancelRequested, created, type Event, queued } from './events.ts'

type Hello = Extract<ConnectionStatus, { type: 'connected' }>['hello']
type Stored = Event & { seq: number; at: number; v: number }
type Session = { summary: SessionSummary; events: Stored[]; watchers: Set<(item: SessionItem) => void> }

export const HELLO = {
  protocol_version: 2,
  user: 'alice' as Hello['user'],
  server: 'nacre 0.1.0',
  isolation: { tier: 'process', sealed: false, words: ['The guest can read your files and use the network.'] },
  model: 'offline',
  workspace: '/home/alice/shared',
  agents: ['default'],
} satisfies Hello

/** Two agents and two models, one of which has a price. */
const AGENTS: Awaited<ReturnType<Client['agents']>> = {
  agents: [
    {
      name: 'default',
      description: 'The usual one.',
      model: 'offline/offline',
      context_tokens: 100_000,
      max_output_tokens: 8192,
      budget: {},
    },
    {
      name: 'researcher',
      description: 'Looks things up.',
      model: 'cloud/large',
      context_tokens: 200_000,
      max_output_tokens: 8192,
      budget: {},
    },
  ],
  models: [
    { model: 'offline/offline', context_tokens: 100_000 },
    { model: 'cloud/large', context_tokens: 200_000, input_usd_per_mtok: 3, output_usd_per_mtok: 15 },
  ],
}
const NO_USAGE: Awaited<ReturnType<Client['usage']>> = {
  seq: 0,
  calls: 0,
  input_tokens: 0,
  cache_read_tokens: 0,
  output_tokens: 0,
  cost_micro_usd: 0,
  uncounted_calls: 0,
  unpriced_calls: 0,
  budget: { day: { limit_micro_usd: 20_000_000, spent_micro_usd: 500_000, spent_tokens: 1000 } },
}

/**
 * A daemon with its log in memory and nobody who works. A test says what the agent does by `record` and `publish`, or
 * passes `onInput` to answer by itself. What was asked of it stands in `asked`.
 */
export function fakeClient({
  hello = HELLO,
  onInput = (_session: string, _input: string, _text: string) => {},
  onVerdict = (_session: string, _call: string, _verdict: 'approved' | 'denied') => {},
} = {}) {
  const sessions = new Map<string, Session>()
  const asked: string[] = []
  const pages: { readonly turns: number; readonly before?: number }[] = []
  let clock = 0
  let failure: Fault | undefined
  let status: ConnectionStatus = { type: 'connected', hello }

  const of = (id: string): Session => {
    const session = sessions.get(id)
    if (session === undefined) throw new Fault('not_found', `There is no session ${id}.`)
    return session
  }
  const tell = (id: string, item: SessionItem) => {
    for (const watcher of of(id).watchers) watcher(item)
  }
  const record = (id: string, ...events: readonly Event[]): number => {
    const session = of(id)
    for (const event of events) {
      const stored = { ...event, seq: session.summary.seq + 2, at: ++clock, v: 1 }
      session.events.push(stored)
      session.summary = { ...session.summary, seq: stored.seq, updated_at: clock }
      tell(id, { kind: 'stored', event: stored })
    }
    return session.summary.seq
  }
  const ask = (what: string) => {
    asked.push(what)
    if (failure) throw failure
  }
  const add = (id: string, title = ''): SessionSummary => {
    const session = sessionId(id)
    const summary = {
      session,
      title,
      agent: 'default',
      status: 'idle',
      seq: 0,
      created_at: ++clock,
      updated_at: clock,
    } as const
    sessions.set(id, { summary, events: [], watchers: new Set() })
    record(id, created(title))
    return of(id).summary
  }

  const client: Client = {
    get status() {
      return status
    },
    connected: async () => hello,
    watch: (session, { after, signal }) => watching(of(session), after, signal),
    async request(type, _payload) {
      ask(type)
      const health = {
        healthy: true,
        event_loop_delay_ms: 1,
        sessions: sessions.size,
        isolation: hello.isolation,
        model: hello.model,
      }
      // The only request that the terminal makes by its name is health.
      return health as never
    },
    async send(session, parts, { mode = 'queue' } = {}) {
      const said = typeof parts === 'string' ? parts : JSON.stringify(parts)
      ask(`${mode === 'queue' ? 'send' : mode} ${session} ${said}`)
      const input = `i${asked.length}`
      const seq = record(session, queued(input, said))
      onInput(session, input, said)
      return { input, seq }
    },
    async cancel(session, turn) {
      ask(`cancel ${session} ${turn ?? '-'}`)
      record(session, cancelRequested(`c${asked.length}`, turn))
    },
    async cancelAll() {
      ask('cancel all')
      return 2
    },
    async approve(session, { call }, scope = 'once') {
      ask(`approve ${session} ${call}${scope === 'once' ? '' : ` ${scope}`}`)
      record(session, approvalResolved(call, 'approved'))
      onVerdict(session, call, 'approved')
    },
    approvals: async () => [],
    revoke: async () => undefined,
    async deny(session, { call }) {
      ask(`deny ${session} ${call}`)
      record(session, approvalResolved(call, 'denied'))
      onVerdict(session, call, 'denied')
    },
    async answer(session, question, text) {
      ask(`answer ${session} ${question} ${text}`)
    },
    async createSession(options = {}) {
      ask(`create ${options.title ?? '-'}`)
      return add(`s${sessions.size + 1}-${'0'.repeat(8)}`, options.title)
    },
    sessions: async () => [...sessions.values()].map(({ summary }) => summary),
    async find(prefix) {
      const found = [...sessions.values()].filter(
        ({ summary }) => summary.session.startsWith(prefix) || summary.title === prefix,
      )
      if (found.length === 1 && found[0]) return found[0].summary
      throw new Fault('not_found', `No session begins with ${prefix}.`, { mend: '/sessions lists them.' })
    },
    async fork(session, upTo) {
      ask(`fork ${session} ${upTo}`)
      const copy = add(`f${sessions.size + 1}-${'0'.repeat(8)}`, of(session).summary.title)
      of(copy.session).events.push(...of(session).events.filter(({ seq }) => seq <= upTo))
      return copy
    },
    async rename(session, title) {
      ask(`rename ${session} ${title}`)
    },
    async archive(session, archived = true) {
      ask(`archive ${session} ${archived}`)
      sessions.delete(session)
    },
    async remove(session) {
      ask(`remove ${session}`)
    },
    async select(session, { agent, model }) {
      ask(`select ${session} ${agent ?? '-'} ${model ?? '-'}`)
    },
    async compact(session) {
      ask(`compact ${session}`)
      return { input: 'c', seq: 1 }
    },
    agents: async () => AGENTS,
    async usage(session) {
      if (failure) throw failure
      return { ...NO_USAGE, seq: of(session).summary.seq }
    },
    async putBlob(bytes, { mediaType, preview }) {
      ask(`blob ${mediaType} ${bytes.length}`)
      return { type: 'blob', hash: 'b'.repeat(64) as BlobHash, mediaType, sizeBytes: bytes.length, preview }
    },
    getBlob: async () => new Uint8Array(),
    async history(session, { turns, before }) {
      pages.push({ turns, ...(before !== undefined && { before }) })
      return pageOf(of(session).events, turns, before)
    },
    close: async () => {},
  }
  return {
    client,
    asked,
    /** The pages of histories that were asked for. */
    pages,
    add,
    record,
    publish: (id: string, ...events: readonly Event[]) => {
      for (const event of events) tell(id, { kind: 'transient', event })
    },
    connection(next: ConnectionStatus): void {
      status = next
      for (const id of sessions.keys()) tell(id, { kind: 'connection', status: next })
    },
    /** From now on every request fails so, until it is told otherwise. */
    fail: (fault: Fault | undefined) => {
      failure = fault
    },
    watchers: (id: string) => of(id).watchers.size,
  }
}

/** The last so many turns before an event, and where the page before begins to end. */
function pageOf(all: readonly Stored[], turns: number, before = Number.POSITIVE_INFINITY) {
  const events = all.filter(({ seq }) => seq < before)
  const begins = events.flatMap(({ type }, index) => (type === 'turn.queued' ? [index] : []))
  const from = begins.at(-turns) ?? 0
  const first = events[from]
  return { events: events.slice(from), ...(from > 0 && first && { before: first.seq }) }
}

async function* watching(
  { events, watchers }: Session,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<SessionItem> {
  const items: SessionItem[] = []
  let wake = () => {}
  const watcher = (item: SessionItem) => {
    items.push(item)
    wake()
  }
  signal.addEventListener('abort', () => wake())
  items.push(...events.filter(({ seq }) => seq > after).map((event): SessionItem => ({ kind: 'stored', event })), {
    kind: 'live',
  })
  watchers.add(watcher)
  try {
    while (!signal.aborted) {
      const item = items.shift()
      if (item) yield item
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    watchers.delete(watcher)
  }
}
