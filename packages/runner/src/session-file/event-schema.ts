import { type EventType, eventVersion, type NewSessionEvent } from '@nacre/session'
import { APPROVAL_SCOPES, FAULT_CODES, SAFETY_CLASSES } from '@nacre/types'
import { jsonObjectSchema, sessionIdSchema } from '@nacre/types/schema'
import { z } from 'zod'

/** What each event of a file must be: exactly what this version would write, and nothing beside it. */

const id = z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9_. -]{0,255}$/)
const name = z.string().max(256)
const text = z.string()
const count = z.number().int().nonnegative()
const millis = count
const hash = z.string().regex(/^[0-9a-f]{64}$/)
/** Empty in what was asked before approvals were bound to arguments. */
const callHash = z.union([hash, z.literal('')])
const by = name
const command = id
const spend = z.strictObject({ microUsd: count, tokens: count })
const allowance = z.strictObject({ microUsd: count.optional(), tokens: count.optional() })
const extra = jsonObjectSchema.optional()
const args = jsonObjectSchema.optional()

const textPart = z.strictObject({ type: z.literal('text'), text, extra })
const blobPart = z.strictObject({
  type: z.literal('blob'),
  hash,
  mediaType: z.string().max(255),
  sizeBytes: count,
  preview: text,
})
const contentParts = z.array(z.discriminatedUnion('type', [textPart, blobPart]))
const answerParts = z.array(
  z.discriminatedUnion('type', [
    textPart,
    z.strictObject({ type: z.literal('reasoning'), text, extra }),
    z.strictObject({ type: z.literal('call'), call: id, name: text, argsText: text, extra }),
    z.strictObject({ type: z.literal('media'), mediaType: name, data: z.base64(), name: text.optional(), extra }),
    z.strictObject({ type: z.literal('server'), name: text, extra: jsonObjectSchema }),
  ]),
)
const fault = z.strictObject({
  code: z.enum(FAULT_CODES),
  message: text,
  mend: text.optional(),
  until: millis.optional(),
})
const usage = z.strictObject({
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count.optional(),
  cacheWriteTokens: count.optional(),
  reasoningTokens: count.optional(),
  serverToolTokens: count.optional(),
})
const turnOutcome = z.enum(['completed', 'cancelled', 'budget_exceeded', 'failed'])
const limit = z.enum(['steps', 'call', 'turn', 'session', 'day'])
const parent = z.strictObject({
  session: sessionIdSchema,
  call: id,
  root: sessionIdSchema,
  depth: count,
  allowance: allowance.optional(),
})

const SHAPES = {
  'session.created': { title: text, agent: name, parent: parent.optional() },
  'session.renamed': { title: text, by, command },
  'session.archived': { archived: z.boolean(), by, command },
  'session.selected': { agent: name.optional(), model: text.optional(), by, command },
  'session.deleted': { by },
  'session.forked': { from: sessionIdSchema, upTo: count },
  'session.claimed': { epoch: count, engine: name },
  'session.compacted': { step: id, pins: z.array(text), summary: text },
  'prefix.set': { hash, reason: text },
  'turn.queued': { input: id, parts: contentParts, mode: z.enum(['queue', 'steer', 'reject', 'compact']), by },
  'turn.cancel_requested': { command, turn: id.optional(), by },
  'turn.started': { turn: id, allowance: allowance.optional() },
  'turn.finished': { turn: id, outcome: turnOutcome, fault: fault.optional() },
  'step.started': {
    turn: id,
    step: id,
    inputs: z.array(id),
    provider: name,
    model: name,
    reserved: spend.optional(),
    last: limit.optional(),
    compacts: id.optional(),
  },
  'step.finished': {
    step: id,
    outcome: z.enum(['completed', 'interrupted', 'cancelled', 'failed']),
    parts: answerParts,
    stop: z.enum(['stop', 'tool_calls', 'length', 'content_filter', 'refusal', 'pause', 'other']).optional(),
    usage: usage.optional(),
    spent: spend.optional(),
    by: z.strictObject({ provider: name, model: name }).optional(),
    fault: fault.optional(),
  },
  'tool.started': { call: id, name: text, args, epoch: count },
  'tool.finished': {
    call: id,
    outcome: z.enum(['ok', 'error', 'denied', 'interrupted', 'unknown']),
    parts: contentParts,
  },
  'approval.requested': {
    call: id,
    name: text,
    args,
    hash: callHash,
    safety: z.enum(SAFETY_CLASSES),
    expiresAt: millis.optional(),
  },
  'approval.resolved': {
    command,
    call: id,
    hash: callHash,
    verdict: z.enum(['approved', 'denied']),
    scope: z.enum(APPROVAL_SCOPES),
    by,
    about: z.strictObject({ name: text, argsText: text }).optional(),
  },
  'approval.expired': { call: id },
  'question.asked': {
    question: id,
    call: id,
    parts: contentParts,
    choices: z.array(text).optional(),
    delegate: z.strictObject({ agent: name, allowance: allowance.optional() }).optional(),
  },
  'question.answered': {
    command,
    question: id,
    parts: contentParts,
    by,
    turn: z.strictObject({ outcome: turnOutcome, spent: spend }).optional(),
  },
  'delivery.finished': { turn: id, to: sessionIdSchema },
  'notice.posted': { level: z.enum(['info', 'warning']), text },
} as const satisfies Record<SessionType, z.ZodRawShape>

/** The ledger's are in no session. */
type SessionType = Exclude<EventType, 'budget.granted' | 'budget.settled'>

const schemas = new Map(
  Object.entries(SHAPES).map(([type, shape]) => [
    type,
    z.strictObject({
      seq: count,
      at: millis,
      v: z.literal(eventVersion(type)),
      type: z.literal(type as NewSessionEvent['type']),
      ...shape,
    }),
  ]),
)

/** What is wrong with an event of a file, in a few words; undefined: nothing is. */
export function wrongWith(value: unknown): string | undefined {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined
  const schema = typeof type === 'string' ? schemas.get(type) : undefined
  if (schema === undefined)
    return `${JSON.stringify(type)?.slice(0, 80) ?? 'nothing'} is no type of event that this version knows`
  const { success, error } = schema.safeParse(value)
  if (success) return undefined
  const [issue] = error.issues
  return `${issue?.path.join('.') || type}: ${issue?.message ?? 'wrong'}`
}
