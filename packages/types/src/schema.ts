import { z } from 'zod'
import type { BlobHash, CallId, CommandId, InputId, SessionId, StepId, TurnId } from './ids.js'
import { FAULT_CODES } from './fault.js'
import { type ContentPart, type AnswerPart, type Json, type JsonObject, PART_LIMIT_BYTES, type Usage } from './part.js'
import type { ClientFrame } from './protocol.js'

/** Zod schemas of the values that cross an edge. Types come from the other door, `@nacre/types`. */

const ID = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$/
const idSchema = <T extends string>() => z.string().regex(ID, 'expected 1-128 characters of A-Z a-z 0-9 _ . -').transform((text) => text as T)

export const sessionIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'expected 1-64 characters of a-z 0-9 _ -')
  .transform((text) => text as SessionId)
export const inputIdSchema = idSchema<InputId>()
export const turnIdSchema = idSchema<TurnId>()
export const stepIdSchema = idSchema<StepId>()
export const callIdSchema = idSchema<CallId>()
export const commandIdSchema = idSchema<CommandId>()
export const blobHashSchema = z.string().regex(/^[0-9a-f]{64}$/).transform((text) => text as BlobHash)

export const jsonSchema: z.ZodType<Json> = z.json()
export const jsonObjectSchema: z.ZodType<JsonObject> = z.record(z.string(), jsonSchema)

const textPart = z.object({ type: z.literal('text'), text: z.string().max(PART_LIMIT_BYTES) })
const blobPart = z.object({
  type: z.literal('blob'),
  hash: blobHashSchema,
  mediaType: z.string().max(255),
  sizeBytes: z.number().int().nonnegative(),
  preview: z.string().max(PART_LIMIT_BYTES),
})
export const contentPartSchema = z.discriminatedUnion('type', [textPart, blobPart]) satisfies z.ZodType<ContentPart>
export const contentPartsSchema = z.array(contentPartSchema).min(1).max(16)

const longText = z.object({ type: z.literal('text'), text: z.string() })
export const answerPartSchema = z.discriminatedUnion('type', [
  longText,
  z.object({ type: z.literal('reasoning'), text: z.string(), extra: jsonObjectSchema.optional() }),
  z.object({
    type: z.literal('call'),
    call: callIdSchema,
    name: z.string(),
    argsText: z.string(),
    extra: jsonObjectSchema.optional(),
  }),
]) as z.ZodType<AnswerPart>

const tokens = z.number().int().nonnegative()
export const usageSchema = z.object({
  inputTokens: tokens,
  outputTokens: tokens,
  cacheReadTokens: tokens.optional(),
  cacheWriteTokens: tokens.optional(),
  reasoningTokens: tokens.optional(),
}) as z.ZodType<Usage>
export const faultSchema = z.object({ code: z.enum(FAULT_CODES), message: z.string() })

const frame = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.strictObject({ type: z.literal(type), payload: z.strictObject({ request_id: z.string().min(1).max(64), ...shape }) })
const seq = z.number().int().nonnegative()

/** What a client may send, judged once at the gateway's edge. Unknown keys are refused. */
export const clientFrameSchema = z.discriminatedUnion('type', [
  frame('hello', { protocol_version: z.number(), token: z.string().max(512), client: z.string().max(128) }),
  frame('subscribe', { session: sessionIdSchema, after: seq }),
  frame('unsubscribe', { session: sessionIdSchema }),
  frame('send', {
    session: sessionIdSchema,
    input: idSchema<string>(),
    parts: contentPartsSchema,
    mode: z.enum(['queue', 'steer', 'reject']),
  }),
  frame('cancel', { session: sessionIdSchema, command: idSchema<string>(), turn: idSchema<string>().optional() }),
  frame('cancel_all', { command: idSchema<string>() }),
  frame('approve', { session: sessionIdSchema, command: idSchema<string>(), call: idSchema<string>() }),
  frame('deny', { session: sessionIdSchema, command: idSchema<string>(), call: idSchema<string>() }),
  frame('answer', {
    session: sessionIdSchema,
    command: idSchema<string>(),
    question: idSchema<string>(),
    parts: contentPartsSchema,
  }),
  frame('create_session', {
    session: sessionIdSchema,
    title: z.string().max(200).optional(),
    agent: z.string().max(64).optional(),
  }),
  frame('list_sessions', {}),
  frame('find_session', { prefix: z.string().min(1).max(64) }),
  frame('fork_session', { session: sessionIdSchema, target: sessionIdSchema, up_to: seq }),
  frame('history', { session: sessionIdSchema, before: seq.optional(), turns: z.number().int().min(1).max(100) }),
  frame('health', {}),
]) as unknown as z.ZodType<ClientFrame>
