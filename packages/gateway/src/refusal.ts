import { Fault, type GatewayErrorCode, type ServerFrame, type SessionId } from '@nacre/types'

/** Why a command was not done. */
export type Refusal = {
  readonly code: GatewayErrorCode
  readonly message: string
  readonly mend?: string
  readonly retryable: boolean
}
/** What came of a command. */
export type Outcome<T> = { readonly result: T } | { readonly refused: Refusal }

export const refuse = (code: GatewayErrorCode, message: string, mend?: string): { readonly refused: Refusal } => ({
  refused: { code, message, retryable: RETRYABLE.has(code), ...(mend !== undefined && { mend }) },
})

export const RETRYABLE: ReadonlySet<GatewayErrorCode> = new Set([
  'shutting_down',
  'queue_full',
  'session_busy',
  'upload_busy',
])

export const errorFrame = (
  refusal: Refusal,
  about: { request_id?: string; session?: SessionId } = {},
): ServerFrame => ({
  type: 'error',
  payload: { ...about, ...refusal },
})

/** A failure of the log in the gateway's words. What is not a Fault is not shown: it was written for nobody. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof Fault)) {
    return {
      code: 'internal',
      message: 'The gateway failed at this command.',
      mend: 'Try again; if it stays, read the log of the daemon.',
      retryable: false,
    }
  }
  const { code, retryable } = ofFault(error)
  // The log's own words are for who writes programs, not for who has sent this.
  const mend = code === 'input_too_large' ? 'Put it into a file in the workspace, and name the file.' : error.mend
  return { code, message: error.message, retryable, ...(mend !== undefined && { mend }) }
}

function ofFault({ code, retry }: Fault): { code: GatewayErrorCode; retryable: boolean } {
  switch (code) {
    case 'closed':
      return { code: 'shutting_down', retryable: true }
    case 'not_found':
      return { code: 'session_not_found', retryable: false }
    case 'limit_exceeded':
      return { code: 'input_too_large', retryable: false }
    case 'invalid_input':
      return { code: 'bad_frame', retryable: false }
    case 'storage_full':
      return { code: 'internal', retryable: true }
    default:
      return { code: 'internal', retryable: retry !== 'never' }
  }
}
