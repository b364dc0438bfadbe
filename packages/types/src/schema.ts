import { z } from 'zod'
import { APPROVAL_SCOPES } from './commands.js'
import { type BlobHash, LEDGER, type SessionId } from './ids.js'
import { type ContentPart, type JsonObject, PART_LIMIT_BYTES } from './part.js'
import { type ClientFrame, PROTOCOL_LIMITS } from './protocol.js'

/**
 * Zod schemas of the values that cross an edge. Types come from the other door, `@nacre/types`. In docs/protocol.md `title` names
 * a kind of value, and `description` is what no pattern or bound says of it.
 */

const ID = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$/
const id = z.string().regex(ID, 'expected 1-128 characters of A-Z a-z 0-9 _ . -').meta({ title: 'id' })

export const sessionIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'expected 1-64 characters of a-z 0-9 _ -')
  .refine((text) => text !== LEDGER, 'this name is taken by the ledger')
  .transform((text) => text as SessionId)
  .meta({ title: 'session id', description: `\`${LEDGER}\` is none` })
const blobHashSchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => text as BlobHash)
  .meta({ title: 'hash' })

export const jsonObjectSchema: z.ZodType<JsonObject> = z.record(z.string(), z.json())

const utf8 = new TextEncoder()
// The length comes first: what is far too long is not encoded.
const partText = z
  .string()
  .refine(
    (text) => text.length <= PART_LIMIT_BYTES && utf8.encode(text).length <= PART_LIMIT_BYTES,
    `expected at most ${PART_LIMIT_BYTES} bytes of UTF-8`,
  )
  .meta({ description: `at most ${PART_LIMIT_BYTES / 1024} KiB of UTF-8` })
const textPart = z.object({ type: z.literal('text'), text: partText })
const blobPart = z.object({
  type: z.literal('blob'),
  hash: blobHashSchema,
  mediaType: z.string().max(255),
  sizeBytes: z.number().int().nonnegative(),
  preview: partText,
})
const contentPartSchema = z.discriminatedUnion('type', [textPart, blobPart]) satisfies z.ZodType<ContentPart>
/** Vendors refuse a message that says nothing, and a turn of it would fail each time that it is told again. */
const saysSomething = (parts: readonly ContentPart[]) =>
  parts.some((part) => part.type === 'blob' || part.text.trim() !== '')
const contentPartsSchema = z
  .array(contentPartSchema)
  .min(1)
  .max(16)
  .refine(saysSomething, 'expected a part that says something')
  .meta({ title: 'parts', description: 'one of them is a blob, or text that is not blank' })

const frame = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.strictObject({
    type: z.literal(type),
    payload: z.strictObject({ request_id: z.string().min(1).max(64).meta({ title: 'request id' }), ...shape }),
  })
/** A provider's name, a slash, and a model's name. */
const MODEL_CHARS = 64 + 1 + 256
const seq = z.number().int().nonnegative().meta({ title: 'seq' })
const offset = z.number().int().nonnegative()
const hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'expected the hash of the request, 64 hex digits')
  .meta({ title: 'hash' })

const titleText = z
  .string()
  .max(200)
  .refine((text) => text.trim() !== '', 'expected a title that is not blank')
  .meta({ description: 'not blank' })
const PIECE_CHARS = Math.ceil(PROTOCOL_LIMITS.pieceBytes / 3) * 4
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/
const bytesOf = (data: string) => (data.length / 4) * 3 - (data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0)
// The length comes first: what is far too long is not looked through.
const pieceText = z
  .string()
  .refine(
    (data) =>
      data.length <= PIECE_CHARS &&
      data.length % 4 === 0 &&
      bytesOf(data) <= PROTOCOL_LIMITS.pieceBytes &&
      BASE64.test(data),
    `expected base64 of at most ${PROTOCOL_LIMITS.pieceBytes} bytes`,
  )
  .meta({ description: `base64 of at most ${PROTOCOL_LIMITS.pieceBytes / 1024} KiB` })

/** What a client may send, judged once at the gateway's edge. Unknown keys are refused. */
export const clientFrameSchema = z.discriminatedUnion('type', [
  frame('hello', { protocol_version: z.number(), token: z.string().max(512), client: z.string().max(128) }),
  frame('subscribe', { session: sessionIdSchema, after: seq }),
  frame('unsubscribe', { session: sessionIdSchema }),
  frame('send', {
    session: sessionIdSchema,
    input: id,
    parts: contentPartsSchema,
    mode: z.enum(['queue', 'steer', 'reject']),
  }),
  frame('cancel', { session: sessionIdSchema, command: id, turn: id.optional() }),
  frame('cancel_all', { command: id }),
  frame('approve', { session: sessionIdSchema, command: id, call: id, hash, scope: z.enum(APPROVAL_SCOPES) }),
  frame('deny', { session: sessionIdSchema, command: id, call: id, hash }),
  frame('answer', {
    session: sessionIdSchema,
    command: id,
    question: id,
    parts: contentPartsSchema,
  }),
  frame('select', {
    session: sessionIdSchema,
    command: id,
    agent: z.string().min(1).max(64).optional(),
    model: z.string().min(1).max(MODEL_CHARS).optional(),
  }),
  frame('compact', { session: sessionIdSchema, input: id }),
  frame('create_session', {
    session: sessionIdSchema,
    title: z.string().max(200).optional(),
    agent: z.string().max(64).optional(),
  }),
  frame('list_sessions', { archived: z.boolean().optional() }),
  frame('find_session', { prefix: z.string().min(1).max(64) }),
  frame('fork_session', { session: sessionIdSchema, target: sessionIdSchema, up_to: seq }),
  frame('rename_session', { session: sessionIdSchema, command: id, title: titleText }),
  frame('archive_session', { session: sessionIdSchema, command: id, archived: z.boolean() }),
  frame('delete_session', { session: sessionIdSchema }),
  frame('history', { session: sessionIdSchema, before: seq.optional(), turns: z.number().int().min(1).max(100) }),
  frame('put_blob', { upload: id, offset, data: pieceText, done: z.boolean() }),
  frame('get_blob', { hash: blobHashSchema, offset }),
  frame('list_approvals', {}),
  frame('revoke_approval', { command: id, hash }),
  frame('list_agents', {}),
  frame('session_usage', { session: sessionIdSchema }),
  frame('health', {}),
]) as unknown as z.ZodType<ClientFrame>
