import type { Commands, CommandType } from './commands.js'
import type { SessionId } from './ids.js'
import type { LogItem } from './log.js'
import type { Reply } from './replies.js'

/** Gateway protocol: every frame is `{ type, payload }`, JSON in a text message. */
export const PROTOCOL_VERSION = 2

export const PROTOCOL_LIMITS = {
  /** All that is sent before the hello was accepted; a client that sends more is closed. */
  handshakeBytes: 64 * 1024,
  /** From the connection to the `hello`. */
  handshakeMs: 5_000,
  /** One frame to the gateway. */
  frameBytes: 1024 * 1024,
  /** From one ping of the gateway to the next; who has not answered by then is dropped. */
  pingMs: 15_000,
  /** One piece of a blob, before base64. */
  pieceBytes: 512 * 1024,
  /** A blob that a client sends. */
  blobBytes: 20 * 1024 * 1024,
} as const

/** What stands above each code says when it comes, here and in docs/protocol.md. */
export const GATEWAY_ERROR_CODES = [
  /** Not JSON, not text, an unknown key, a value of the wrong shape, a second `hello`. */
  'bad_frame',
  /** A `hello` of another `protocol_version`. */
  'unsupported_version',
  /** A wrong token, a first frame that is no `hello`, or none in time. */
  'unauthenticated',
  /** No such session of this user, whether nobody has it or somebody else. */
  'session_not_found',
  /** `find_session` fits several; the message names up to 8. */
  'session_ambiguous',
  /** `create_session` or `fork_session` with an id that is taken, or was by one that was deleted. */
  'session_exists',
  /** Too many sessions, or too many subscriptions of this connection. */
  'session_limit',
  /** `delete_session` while a turn of it or of a delegate is open or waits; cancel it first. */
  'session_busy',
  /** `create_session` or `select` with an agent that is not configured. */
  'agent_not_found',
  /** `select` with a model that may not be selected here, or not for that agent. */
  'model_not_found',
  /** No call with that hash waits for an approval: it was decided, or its turn ended. */
  'approval_not_found',
  /** The question waits for no answer. */
  'question_not_found',
  /** `get_blob` of a hash that the log has no blob for. */
  'blob_not_found',
  /** `put_blob` at another place than the next one; the message names that one. */
  'upload_out_of_order',
  /** All clients together send or fetch as many bytes of blobs as the gateway holds; later there is room. */
  'upload_busy',
  /** More than one append holds, a turn that is too long for a page, or a blob that is too large. */
  'input_too_large',
  /** Too many inputs of the session wait already; wait, or cancel some. */
  'queue_full',
  /** The gateway goes; dial again. */
  'shutting_down',
  /** The log or the gateway failed; the message says what. */
  'internal',
] as const
export type GatewayErrorCode = (typeof GATEWAY_ERROR_CODES)[number]

export type ClientFrame = {
  [T in CommandType]: { type: T; payload: Commands[T] & { request_id: string } }
}[CommandType]

/** What a gateway sends, by type. */
type ServerPayloads = {
  /** A command was done. */
  reply: {
    /** The command's. */
    request_id: string
    /** As the command says. */
    result: Reply
  }
  /** A command was refused, or a subscription has ended, or the connection is about to. */
  error: {
    /** The refused command's. */
    request_id?: string
    /** Whose subscription has ended. */
    session?: SessionId
    code: GatewayErrorCode
    /** For people. It never repeats what was sent. */
    message: string
    /** For people: what to do about it. */
    mend?: string
    /** Whether the same again may succeed. */
    retryable: boolean
  }
  /** Something of a session that is followed. */
  event: { session: SessionId; item: LogItem }
  /** The client was too slow, and the subscription has ended: subscribe again after the last event that you have. */
  resync_required: { session: SessionId }
}
export type ServerFrame = {
  [T in keyof ServerPayloads]: { type: T; payload: ServerPayloads[T] }
}[keyof ServerPayloads]
