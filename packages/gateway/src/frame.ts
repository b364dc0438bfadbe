import { type ClientFrame, PROTOCOL_LIMITS, PROTOCOL_VERSION } from '@nacre/types'
import { clientFrameSchema } from '@nacre/types/schema'

export type ParsedFrame =
  | { readonly type: 'frame'; readonly frame: ClientFrame }
  | { readonly type: 'old'; readonly version: number; readonly requestId: string | undefined }
  | { readonly type: 'bad'; readonly words: string; readonly requestId: string | undefined }

/** Judges one message. What is wrong is named by place and rule; no value of the message is ever repeated. */
export function parseFrame(message: string | Uint8Array): ParsedFrame {
  if (typeof message !== 'string') return bad('Binary frames are not spoken here; a frame is JSON in a text message.')
  if (Buffer.byteLength(message) > PROTOCOL_LIMITS.frameBytes)
    return bad(`A frame has at most ${PROTOCOL_LIMITS.frameBytes} bytes.`)
  let json: unknown
  try {
    json = JSON.parse(message)
  } catch {
    // The parser's own words would quote the message.
    return bad('The frame is not JSON.')
  }
  const parsed = clientFrameSchema.safeParse(json)
  if (parsed.success) return { type: 'frame', frame: parsed.data }
  const version = otherVersion(json)
  if (version !== undefined) return { type: 'old', version, requestId: requestIdOf(json) }
  return bad(`The frame is not what this gateway speaks: ${problems(parsed.error.issues)}.`, requestIdOf(json))
}

const bad = (words: string, requestId?: string): ParsedFrame => ({ type: 'bad', words, requestId })

const NAMED = 4
const KEY = /^[A-Za-z_]{1,24}$/
type Issue = {
  readonly code: string
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly keys?: readonly string[]
}

function problems(issues: readonly unknown[]): string {
  const words = (issues as readonly Issue[]).slice(0, NAMED).map((issue) => `${place(issue.path)}: ${problem(issue)}`)
  return issues.length > NAMED ? `${words.join('; ')}; and ${issues.length - NAMED} more` : words.join('; ')
}

const place = (path: readonly PropertyKey[]) => path.map(String).join('.') || 'frame'

// A key is the client's text too, and may be a secret in the wrong place: only what looks like a key is repeated.
const problem = ({ code, message, keys = [] }: Issue) =>
  code === 'unrecognized_keys'
    ? `unknown ${keys
        .slice(0, NAMED)
        .map((key) => (KEY.test(key) ? `"${key}"` : 'key'))
        .join(', ')}`
    : message.slice(0, 200)

function payloadOf(json: unknown): object | undefined {
  if (typeof json !== 'object' || json === null || !('payload' in json)) return undefined
  return typeof json.payload === 'object' && json.payload !== null ? json.payload : undefined
}

function requestIdOf(json: unknown): string | undefined {
  const payload = payloadOf(json)
  if (payload === undefined || !('request_id' in payload)) return undefined
  const { request_id: id } = payload
  return typeof id === 'string' && id.length > 0 && id.length <= 64 ? id : undefined
}

/** The version of a hello whose other fields are those of another protocol. */
function otherVersion(json: unknown): number | undefined {
  const payload = payloadOf(json)
  if (payload === undefined || !('protocol_version' in payload) || !('type' in (json as object))) return undefined
  const { protocol_version: version } = payload
  return (json as { type: unknown }).type === 'hello' && typeof version === 'number' && version !== PROTOCOL_VERSION
    ? version
    : undefined
}
