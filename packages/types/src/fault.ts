/** Every code a Fault can carry. A face may show a code; a caller may switch on it. */
export const FAULT_CODES = [
  'invalid_input',
  'unsupported',
  'not_found',
  'denied',
  'conflict',
  'busy',
  'limit_exceeded',
  'budget_exceeded',
  'cancelled',
  'timeout',
  'unavailable',
  'rate_limited',
  'unauthenticated',
  'provider_error',
  'stream_cut',
  'storage_full',
  'storage_failed',
  'corrupt',
  'stale_epoch',
  'closed',
  'internal',
] as const
export type FaultCode = (typeof FAULT_CODES)[number]

/** Whether trying the same thing again can help: never, at once, or after a wait. */
export type Retry = 'never' | 'now' | { readonly afterMs: number }

/**
 * The one error that crosses a package's border. `message` says what went wrong and where, `mend` how to put it right.
 * Neither ever holds a secret.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: FaultCode
  readonly retry: Retry
  readonly mend: string | undefined

  constructor(code: FaultCode, message: string, more: { retry?: Retry; mend?: string; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    this.retry = more.retry ?? 'never'
    this.mend = more.mend
  }
}
