import { FAULT_CODES } from '@nacre/types'
import { z } from 'zod'
import { SETUP_OUTPUTS } from './setup-outputs.js'

/**
 * What each command's --json prints: one such object, or one a line. Published as docs/schemas, and judged by tests; no command
 * loads it. Objects are strict: what is new is written down here first.
 */

const count = z.number().int().nonnegative()
const text = z.string()
const millis = count.describe('milliseconds since 1970')
const microUsd = count.describe('millionths of a US dollar')

const use = {
  calls: count,
  input_tokens: count.describe('cached ones are among them'),
  cache_read_tokens: count,
  cache_write_tokens: count,
  output_tokens: count,
  reasoning_tokens: count.describe('part of output_tokens'),
  cost_micro_usd: microUsd,
  uncounted_calls: count.describe('calls whose vendor told no count; they stand at what was reserved'),
}

const session = {
  session: text,
  title: text,
  agent: text,
  status: z.enum(['idle', 'queued', 'running', 'waiting']),
  seq: count,
  created_at: millis,
  updated_at: millis,
  parent: text.optional().describe('the session whose delegate this one is'),
  archived: z.literal(true).optional(),
  failed: z.literal(true).optional().describe('so the last turn has ended; until the next one starts'),
  model: text.optional(),
}

const guest = z.strictObject({
  role: z.literal('agent'),
  pid: count.nullable(),
  restarts: count,
  last_fault: text.nullable(),
  last_fault_code: z.enum(FAULT_CODES).nullable(),
})

const status = z.union([
  z.strictObject({ running: z.literal(false), user: text }),
  z.strictObject({
    running: z.literal(true),
    user: text,
    pid: count,
    version: text,
    ready: z.boolean(),
    started_at: text,
    endpoint: text,
    tier: z.enum(['process', 'container', 'microvm']),
    sealed: z.boolean(),
    isolation: z.array(text),
    provider: text,
    model: text,
    workspace: text,
    started_with: z.strictObject({ config: text.nullable(), workspace: text.nullable(), insecure: z.boolean() }),
    guests: z.array(guest),
    sessions: z.array(z.strictObject(session)),
  }),
])

/** Events are what packages/session/src/event.ts says; each type brings fields of its own. */
const event = z.looseObject({ session: text, seq: count, type: text, at: millis, v: count })

const rate = z.number().nonnegative().optional()
const rates = {
  input: rate,
  output: rate,
  cache_read: rate,
  cache_write: rate,
  reasoning: rate,
}
const catalogModel = z.looseObject({ cost: z.looseObject(rates).optional() })

const OUTPUT = {
  status,
  stop: z.strictObject({ running: z.literal(false), stopped: z.boolean(), pid: count.optional() }),
  logs: z.strictObject({
    at: text.nullable().describe('ISO 8601; null where a line is none of the logger'),
    level: z.enum(['info', 'warn']).nullable(),
    message: text,
    facts: z.record(text, z.union([text, z.number(), z.boolean()])),
  }),
  ask: event,
  events: event,
  approvals: z.strictObject({ hash: text, name: text, args_text: text, approved_at: millis.optional() }),
  'sessions-list': z.strictObject(session),
  'sessions-show': z.strictObject({ ...session, turns: count, ...use }),
  'sessions-fork': z.strictObject(session),
  'sessions-rename': z.strictObject({ session: text, title: text }),
  'sessions-archive': z.strictObject({ session: text, archived: z.literal(true) }),
  'sessions-unarchive': z.strictObject({ session: text, archived: z.literal(false) }),
  'sessions-delete': z.strictObject({ session: text, deleted: z.literal(true) }),
  export: z.strictObject({
    session: text,
    format: z.enum(['jsonl', 'markdown', 'html']),
    path: text,
    size_bytes: count,
  }),
  import: z.strictObject({
    session: text,
    from: text.describe('the id in the file'),
    events: count,
    blobs: count,
    closed: z.boolean().describe('what was open or approved was closed, as in a fork'),
  }),
  replay: z.strictObject({
    session: text,
    turns: count,
    events: count,
    whole: z.boolean().describe('false: it ended before the log does, and a note says why'),
    notes: z.array(text),
    divergence: z
      .strictObject({ seq: count, expected: z.unknown(), got: z.unknown() })
      .nullable()
      .describe('the first event that differs: as it is recorded, and as it would be written'),
  }),
  usage: z.strictObject({
    by: z.enum(['user', 'session', 'model', 'day']),
    rows: z.array(
      z.strictObject({
        user: text.optional(),
        session: text.optional(),
        title: text.optional(),
        provider: text.optional(),
        model: text.optional(),
        day: text.optional().describe('2026-11-25, in UTC'),
        ...use,
      }),
    ),
    total: z.strictObject(use),
  }),
  'catalog-show': z.record(text, z.looseObject({ models: z.record(text, catalogModel) })),
  'catalog-fetch': z.strictObject({
    path: text,
    models: count,
    added: count,
    removed: count,
    changed: count,
    left_out: z.array(text),
  }),
  'catalog-verify': z.strictObject({
    ok: z.boolean(),
    pinned_at: text,
    layers: z.array(z.strictObject({ layer: text, path: text.nullable(), models: count, problems: z.array(text) })),
  }),
  'catalog-diff': z.strictObject({
    changes: z.array(z.looseObject({ type: z.enum(['added', 'removed', 'changed']), model: text })),
  }),
} as const satisfies Readonly<Record<string, z.ZodType>>

/** The published schema of what a command prints, by the command's name; JSON Schema 2020-12. Undefined where there is none. */
export function outputSchema(command: string): object | undefined {
  const schemas: Readonly<Record<string, z.ZodType>> = { ...OUTPUT, ...SETUP_OUTPUTS }
  const schema = schemas[command] ?? schemas[command.replaceAll(' ', '-')]
  return schema && z.toJSONSchema(schema)
}
